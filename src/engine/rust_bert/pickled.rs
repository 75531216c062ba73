//! `pytorch_model.bin`: tensors that Python pickled, in a zip archive beside their numbers. Nothing is executed.
//!
//! Ours because libtorch's own reader stops at a `state_dict` that has attributes, as those of modules have.

use std::rc::Rc;

/// A tensor as the archive holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored<'a> {
    /// `FloatStorage`, `HalfStorage`, …: the kind of its numbers.
    pub(super) kind: String,
    /// The numbers, of which the tensor is a view.
    pub(super) numbers: &'a [u8],
    pub(super) offset: i64,
    pub(super) shape: Vec<i64>,
    pub(super) strides: Vec<i64>,
}

/// What to do about weights of former times.
const TOO_OLD: &str = "PyTorch 1.6 or later did not write it, or in more than 4 GB\nhint: `columnist models pull` says how it becomes \
     `model.safetensors`";

/// The tensors of an archive by their names.
pub(super) fn tensors(archive: &[u8]) -> Result<Vec<(String, Stored<'_>)>, String> {
    let files = files(archive).ok_or(TOO_OLD)?;
    let (place, program) = files
        .iter()
        .find_map(|(name, bytes)| Some((name.strip_suffix("data.pkl")?, *bytes)))
        .ok_or("the archive holds no `data.pkl`")?;
    let number = |key: &str| {
        let name = format!("{place}data/{key}");
        files
            .iter()
            .find(|(file, _)| **file == name)
            .map(|(_, bytes)| *bytes)
    };
    let Some(Value::Dict(items)) = run(program) else {
        return Err("`data.pkl` holds no dictionary of tensors".to_owned());
    };
    let mut tensors = Vec::new();
    for (name, value) in items {
        if let (Value::Text(name), Value::Tensor(view)) = (name, value) {
            let numbers = number(&view.key).ok_or_else(|| format!("the numbers of `{name}` are missing"))?;
            let stored = Stored {
                kind: view.kind,
                numbers,
                offset: view.offset,
                shape: view.shape,
                strides: view.strides,
            };
            tensors.push((name, stored));
        }
    }
    Ok(tensors)
}

/// The files of a zip archive that holds them as they are.
fn files(archive: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    let end = archive.windows(END.len()).rposition(|bytes| bytes == END)?;
    let count = short(archive, end + 10)?;
    let mut at = long(archive, end + 16)?;
    let mut files = Vec::new();
    for _ in 0..count {
        let (packed, local) = (short(archive, at + 10)?, long(archive, at + 42)?);
        let (length, name) = (long(archive, at + 24)?, short(archive, at + 28)?);
        if archive.get(at..at + 4)? != ENTRY || packed != 0 {
            return None;
        }
        let begin = local + 30 + short(archive, local + 26)? + short(archive, local + 28)?;
        let path = std::str::from_utf8(archive.get(at + 46..at + 46 + name)?).ok()?;
        files.push((path, archive.get(begin..begin + length)?));
        at += 46 + name + short(archive, at + 30)? + short(archive, at + 32)?;
    }
    Some(files)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// Which numbers a tensor is, before they are found.
#[derive(Clone, Debug)]
struct View {
    kind: String,
    key: String,
    offset: i64,
    shape: Vec<i64>,
    strides: Vec<i64>,
}

/// What the pickle program computes with.
#[derive(Clone, Debug)]
enum Value {
    /// Whatever no tensor is made of.
    Other,
    Number(i64),
    Text(String),
    /// A function or class.
    Global(String),
    /// Shared, so that what is remembered in what is remembered takes no more room.
    List(Rc<[Value]>),
    Dict(Vec<(Value, Value)>),
    /// The kind and the key of some numbers.
    Storage(String, String),
    Tensor(View),
    Mark,
}

/// Runs the program of a pickle, as far as tensors are made; nothing where it does anything else.
fn run(mut program: &[u8]) -> Option<Value> {
    let mut stack: Vec<Value> = Vec::new();
    let mut memory: Vec<(usize, Value)> = Vec::new();
    loop {
        let operation = take(&mut program, 1)?[0];
        match operation {
            b'.' => return stack.pop(),
            0x80 => drop(take(&mut program, 1)?),
            b'(' => stack.push(Value::Mark),
            b')' | b']' => stack.push(Value::List(Rc::default())),
            b'}' => stack.push(Value::Dict(Vec::new())),
            b'N' | 0x88 | 0x89 => stack.push(Value::Other),
            b'G' => {
                take(&mut program, 8)?;
                stack.push(Value::Other);
            }
            b'K' => stack.push(Value::Number(integer(take(&mut program, 1)?))),
            b'M' => stack.push(Value::Number(integer(take(&mut program, 2)?))),
            b'J' => {
                let bytes = take(&mut program, 4)?.try_into().ok()?;
                stack.push(Value::Number(i32::from_le_bytes(bytes).into()));
            }
            0x8a => {
                let length = length(&mut program, 1)?;
                stack.push(Value::Number(integer(take(&mut program, length)?)));
            }
            b'X' | b'T' => {
                let length = length(&mut program, 4)?;
                stack.push(text(take(&mut program, length)?)?);
            }
            b'U' => {
                let length = length(&mut program, 1)?;
                stack.push(text(take(&mut program, length)?)?);
            }
            b'c' => {
                let (module, name) = (line(&mut program)?, line(&mut program)?);
                stack.push(Value::Global(format!("{module}.{name}")));
            }
            b'q' | b'r' => {
                let key = length(&mut program, if operation == b'q' { 1 } else { 4 })?;
                // No tensor is made of a dictionary.
                let value = match stack.last()? {
                    Value::Dict(_) => Value::Other,
                    other => other.clone(),
                };
                memory.push((key, value));
            }
            b'h' | b'j' => {
                let key = length(&mut program, if operation == b'h' { 1 } else { 4 })?;
                let known = memory.iter().rfind(|(at, _)| *at == key)?;
                stack.push(known.1.clone());
            }
            b't' => {
                let items = since_mark(&mut stack)?;
                stack.push(Value::List(items.into()));
            }
            0x85..=0x87 => {
                let from = stack.len().checked_sub(usize::from(operation - 0x84))?;
                let items = stack.split_off(from);
                stack.push(Value::List(items.into()));
            }
            b's' | b'u' => {
                let items = if operation == b'u' {
                    since_mark(&mut stack)?
                } else {
                    let from = stack.len().checked_sub(2)?;
                    stack.split_off(from)
                };
                let mut items = items.into_iter();
                if let Value::Dict(dictionary) = stack.last_mut()? {
                    while let (Some(key), Some(value)) = (items.next(), items.next()) {
                        dictionary.push((key, value));
                    }
                }
            }
            b'e' => drop(since_mark(&mut stack)?),
            // Into lists, and beside the tensors, such as the versions of modules.
            b'a' | b'b' => drop(stack.pop()),
            b'Q' => {
                let storage = storage(&stack.pop()?)?;
                stack.push(storage);
            }
            b'R' => {
                let (Value::List(arguments), Value::Global(called)) = (stack.pop()?, stack.pop()?) else {
                    return None;
                };
                stack.push(call(&called, &arguments)?);
            }
            _ => return None,
        }
    }
}

/// What a persistent id stands for: `("storage", torch.FloatStorage, "0", "cpu", 24)`.
fn storage(id: &Value) -> Option<Value> {
    let Value::List(parts) = id else { return None };
    let [_, Value::Global(kind), Value::Text(key), ..] = &**parts else {
        return None;
    };
    let kind = kind.rsplit('.').next().unwrap_or_default();
    Some(Value::Storage(kind.to_owned(), key.clone()))
}

fn call(called: &str, arguments: &[Value]) -> Option<Value> {
    let numbers = |value: &Value| match value {
        Value::List(items) => items
            .iter()
            .map(|item| {
                if let Value::Number(number) = item {
                    Some(*number)
                } else {
                    None
                }
            })
            .collect(),
        _ => None,
    };
    Some(match (called, arguments) {
        (
            "torch._utils._rebuild_tensor_v2",
            [
                Value::Storage(kind, key),
                Value::Number(offset),
                shape,
                strides,
                ..,
            ],
        ) => Value::Tensor(View {
            kind: kind.clone(),
            key: key.clone(),
            offset: *offset,
            shape: numbers(shape)?,
            strides: numbers(strides)?,
        }),
        ("torch._utils._rebuild_parameter", [tensor, ..]) => tensor.clone(),
        ("collections.OrderedDict", _) => Value::Dict(Vec::new()),
        _ => Value::Other,
    })
}

fn take<'a>(program: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (bytes, rest) = program.split_at_checked(length)?;
    *program = rest;
    Some(bytes)
}

/// A length or a key of so many bytes.
fn length(program: &mut &[u8], bytes: usize) -> Option<usize> {
    usize::try_from(integer(take(program, bytes)?)).ok()
}

fn integer(bytes: &[u8]) -> i64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

fn text(bytes: &[u8]) -> Option<Value> {
    Some(Value::Text(String::from_utf8(bytes.to_vec()).ok()?))
}

fn line<'a>(program: &mut &'a [u8]) -> Option<&'a str> {
    let end = program.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(take(program, end)?).ok()?;
    take(program, 1)?;
    Some(line)
}

fn since_mark(stack: &mut Vec<Value>) -> Option<Vec<Value>> {
    let mark = stack.iter().rposition(|value| matches!(value, Value::Mark))?;
    let items = stack.split_off(mark + 1);
    stack.pop();
    Some(items)
}
