//! Whether the bytes of `trunk.onnx` hold together as a message of protocol buffers.
//!
//! Takes bytes, gives yes or no. The runtime believes every length that stands in them: by a damaged one `rten` 0.27 is
//! made to take memory without end, or to read a number without end for ever.

/// Graphs may hold graphs; so many within each other no model has.
const DEEPEST: usize = 16;
/// Bytes that a number has at most.
const LONGEST_NUMBER: usize = 10;

/// The messages of ONNX that the runtime looks into.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    /// Nothing in it holds more.
    Leaf,
    /// Numbers, one after the other.
    Numbers,
}

impl Message {
    /// What a field of the message holds; nothing where its bytes are text or data.
    fn field(self, number: u64) -> Option<Message> {
        use Message::{Attribute, Graph, Leaf, Model, Node, Numbers, Shape, Tensor, TensorType, Type, Value};
        Some(match (self, number) {
            (Model, 7) | (Attribute, 6) => Graph,
            (Graph, 1) => Node,
            (Node, 5) => Attribute,
            (Graph | Attribute, 5) => Tensor,
            (Graph, 11..=13) => Value,
            (Value, 2) => Type,
            (Type, 1 | 4) => TensorType,
            (TensorType, 2) => Shape,
            (Model, 8 | 14) | (Shape, 1) | (Tensor, 13) => Leaf,
            (Tensor, 1 | 5 | 7) | (Attribute, 8) => Numbers,
            _ => return None,
        })
    }
}

/// Whether every number ends, and every length lies within what holds it.
pub(super) fn is_sound(bytes: &[u8]) -> bool {
    walk(bytes, Message::Model, 0).is_some()
}

fn walk(mut rest: &[u8], message: Message, depth: usize) -> Option<()> {
    if let Message::Numbers = message {
        while !rest.is_empty() {
            rest = number(rest)?.1;
        }
        return Some(());
    }
    while !rest.is_empty() {
        let (tag, behind) = number(rest)?;
        rest = match tag & 7 {
            0 => number(behind)?.1,
            1 => behind.get(8..)?,
            5 => behind.get(4..)?,
            2 => {
                let (length, behind) = number(behind)?;
                let (inner, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
                if let Some(message) = message.field(tag >> 3) {
                    (depth < DEEPEST).then_some(())?;
                    walk(inner, message, depth + 1)?;
                }
                behind
            }
            _ => return None,
        };
    }
    Some(())
}

/// A number of seven bits a byte, and what stands behind it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes
        .iter()
        .take(LONGEST_NUMBER)
        .position(|byte| byte & 0x80 == 0)?;
    let (digits, behind) = bytes.split_at(end + 1);
    let value = digits
        .iter()
        .rev()
        .fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f));
    Some((value, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::model::Location;

    #[test]
    fn the_shipped_trunk_holds_together() {
        let files = Location::Shipped.files().expect("the shipped files are there");
        assert!(is_sound(&files.trunk));
        assert!(!is_sound(&files.trunk[..files.trunk.len() - 1]));
        assert!(!is_sound(&files.heads));
    }

    #[test]
    fn what_would_keep_the_runtime_for_ever_is_refused() {
        // A number that goes on; one that ends too late; lengths that lead out of the file, or back into it.
        assert!(!is_sound(&[0xff; 12]));
        assert!(!is_sound(&[
            0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01
        ]));
        assert!(!is_sound(&[0x3a, 0x02, 0x08]));
        assert!(!is_sound(&[
            0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01
        ]));
        // The same within the graph; in a text no such bytes are looked at.
        assert!(!is_sound(&[0x3a, 0x02, 0x0a, 0x05]));
        assert!(is_sound(&[0x12, 0x02, 0xff, 0xff]));
        assert!(is_sound(&[0x08, 0x09]));
    }

    #[test]
    fn graphs_within_graphs_have_an_end() {
        let mut message = Vec::new();
        for _ in 0..DEEPEST {
            // A graph with a node with an attribute with the graph so far.
            for tag in [0x32, 0x2a, 0x0a] {
                let mut outer = vec![tag, message.len() as u8];
                outer.append(&mut message);
                message = outer;
            }
        }
        let mut model = vec![0x3a, message.len() as u8];
        model.append(&mut message);
        assert!(!is_sound(&model));
    }
}
