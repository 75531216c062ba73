//! Which tokens a generator says: greedily, or by beam search as `transformers` does it. Knows no network.
//!
//! One text at a time: its beams are the batch, and no answer depends on another text.

use crate::engine::EngineError;

/// How tokens are chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Search {
    /// Sequences that are followed side by side; one is greedy.
    pub(super) beams: usize,
    /// New tokens, at least.
    pub(super) shortest: usize,
    /// New tokens, at most.
    pub(super) longest: usize,
    /// Power of the length by which a sequence's log-probability is divided.
    pub(super) length_penalty: f32,
    /// No run of so many tokens comes twice; zero allows all.
    pub(super) no_repeat: usize,
    /// Whether to stop as soon as there are as many finished sequences as beams.
    pub(super) early: bool,
}

/// Tokens that mean something to the search.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Special {
    pub(super) start: u32,
    pub(super) end: u32,
    /// What a sequence must begin with behind `start`.
    pub(super) forced_first: Option<u32>,
    /// Whether a sequence that may grow no longer must end.
    pub(super) forced_end: bool,
}

/// What gives the logits of the next token: for each sequence, given its last token and which of the sequences
/// of the step before it continues.
pub(super) trait Network {
    /// One row of logits for each sequence.
    fn next(&mut self, last: &[u32], parents: &[usize]) -> Result<Vec<Vec<f32>>, EngineError>;
}

/// What a score is where there is none.
const NEVER: f32 = -1e9;

/// The tokens of the best sequence, from `start` to `end` if it came to an end.
pub(super) fn search(
    network: &mut dyn Network,
    search: &Search,
    special: &Special,
) -> Result<Vec<u32>, EngineError> {
    if search.beams > 1 {
        beams(network, search, special)
    } else {
        greedy(network, search, special)
    }
}

fn greedy(network: &mut dyn Network, search: &Search, special: &Special) -> Result<Vec<u32>, EngineError> {
    let mut tokens = vec![special.start];
    while tokens.len() <= search.longest {
        let rows = network.next(&tokens[tokens.len() - 1..], &[0])?;
        let mut scores = rows.into_iter().next().unwrap_or_default();
        constrain(&mut scores, &tokens, search, special);
        let best = top(&scores, 1)
            .first()
            .map(|&(token, _)| token)
            .ok_or_else(|| EngineError::Model("it gave no logits".to_owned()))?;
        tokens.push(best);
        if best == special.end {
            break;
        }
    }
    Ok(tokens)
}

#[derive(Clone)]
struct Beam {
    tokens: Vec<u32>,
    score: f32,
    /// Of the beams of the step before, the one that this continues.
    parent: usize,
    ended: bool,
}

fn beams(network: &mut dyn Network, search: &Search, special: &Special) -> Result<Vec<u32>, EngineError> {
    let count = search.beams;
    let begun = |score: f32| Beam {
        tokens: vec![special.start],
        score,
        parent: 0,
        ended: false,
    };
    // All but the first are out of the running, or all would say the same.
    let mut running: Vec<Beam> = (0..count)
        .map(|place| begun(if place == 0 { 0.0 } else { NEVER }))
        .collect();
    let mut finished: Vec<Beam> = vec![begun(NEVER); count];
    let mut improvable = true;
    for new in 1..=search.longest {
        let last: Vec<u32> = running
            .iter()
            .filter_map(|beam| beam.tokens.last().copied())
            .collect();
        let parents: Vec<usize> = running.iter().map(|beam| beam.parent).collect();
        let rows = network.next(&last, &parents)?;
        let mut candidates: Vec<(usize, u32, f32)> = Vec::with_capacity(2 * count * count);
        for (place, (beam, mut scores)) in running.iter().zip(rows).enumerate() {
            log_softmax(&mut scores);
            constrain(&mut scores, &beam.tokens, search, special);
            let best = top(&scores, 2 * count);
            candidates.extend(
                best.into_iter()
                    .map(|(token, score)| (place, token, score + beam.score)),
            );
        }
        candidates.sort_by(|a, b| b.2.total_cmp(&a.2));
        candidates.truncate(2 * count);
        let next: Vec<Beam> = candidates
            .into_iter()
            .map(|(parent, token, score)| {
                let mut tokens = running[parent].tokens.clone();
                tokens.push(token);
                Beam {
                    tokens,
                    score,
                    parent,
                    ended: token == special.end || new == search.longest,
                }
            })
            .collect();
        let full = search.early && finished.iter().all(|beam| beam.ended);
        if improvable && !full {
            // The rest are only there so that enough go on where many end.
            let ending = next.iter().take(count).filter(|beam| beam.ended);
            finished.extend(ending.map(|beam| Beam {
                score: beam.score / (new as f32).powf(search.length_penalty),
                ..beam.clone()
            }));
            finished.sort_by(|a, b| b.score.total_cmp(&a.score));
            finished.truncate(count);
        }
        let stuck = next.iter().all(|beam| beam.ended);
        running = next.into_iter().filter(|beam| !beam.ended).take(count).collect();
        if stuck || running.len() < count {
            break;
        }
        let possible = running[0].score / (new as f32).powf(search.length_penalty);
        let worst = finished
            .iter()
            .map(|beam| beam.score)
            .fold(f32::INFINITY, f32::min);
        improvable &= finished
            .iter()
            .any(|beam| possible > if beam.ended { worst } else { NEVER });
        if !improvable || (search.early && finished.iter().all(|beam| beam.ended)) {
            break;
        }
    }
    Ok(finished.swap_remove(0).tokens)
}

/// Takes from the scores what may not come next.
fn constrain(scores: &mut [f32], tokens: &[u32], search: &Search, special: &Special) {
    if search.no_repeat > 0 && tokens.len() + 1 >= search.no_repeat {
        let latest = &tokens[tokens.len() + 1 - search.no_repeat..];
        for run in tokens.windows(search.no_repeat) {
            if let Some((&banned, before)) = run.split_last()
                && before == latest
            {
                scores[banned as usize] = f32::NEG_INFINITY;
            }
        }
    }
    let end = special.end as usize;
    if tokens.len() <= search.shortest {
        scores[end] = f32::NEG_INFINITY;
    }
    let only = match special.forced_first {
        Some(first) if tokens.len() == 1 => Some(first as usize),
        _ if special.forced_end && tokens.len() == search.longest => Some(end),
        _ => None,
    };
    if let Some(only) = only {
        scores.fill(f32::NEG_INFINITY);
        scores[only] = 0.0;
    }
}

/// The best tokens, best first; of equals the lower first.
fn top(scores: &[f32], count: usize) -> Vec<(u32, f32)> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    let by_score = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
    if count < order.len() {
        order.select_nth_unstable_by(count, by_score);
        order.truncate(count);
    }
    order.sort_unstable_by(by_score);
    order
        .into_iter()
        .map(|token| (token, scores[token as usize]))
        .collect()
}

fn log_softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = scores.iter().map(|score| f64::from(score - largest).exp()).sum();
    let shift = largest + sum.ln() as f32;
    for score in scores {
        *score -= shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the same logits whatever came before, over five tokens, of which 4 is the end.
    struct Fixed([f32; 5]);

    impl Network for Fixed {
        fn next(&mut self, last: &[u32], _: &[usize]) -> Result<Vec<Vec<f32>>, EngineError> {
            Ok(vec![self.0.to_vec(); last.len()])
        }
    }

    fn plan(beams: usize) -> Search {
        Search {
            beams,
            shortest: 0,
            longest: 4,
            length_penalty: 1.0,
            no_repeat: 0,
            early: true,
        }
    }

    const SPECIAL: Special = Special {
        start: 0,
        end: 4,
        forced_first: None,
        forced_end: false,
    };

    #[track_caller]
    fn check(logits: [f32; 5], plan: &Search, special: &Special, expected: &[u32]) {
        assert_eq!(
            search(&mut Fixed(logits), plan, special).expect("it answers"),
            expected
        );
    }

    #[test]
    fn lengths_are_kept() {
        let ends = [0.0, 1.0, 2.0, 3.0, 9.0];
        let goes_on = [0.0, 1.0, 2.0, 3.0, -9.0];
        for beams in [1, 3] {
            check(ends, &plan(beams), &SPECIAL, &[0, 4]);
            check(goes_on, &plan(beams), &SPECIAL, &[0, 3, 3, 3, 3]);
            let two = Search {
                shortest: 2,
                ..plan(beams)
            };
            check(ends, &two, &SPECIAL, &[0, 3, 3, 4]);
        }
    }

    #[test]
    fn what_is_forced_comes() {
        let special = Special {
            forced_first: Some(1),
            forced_end: true,
            ..SPECIAL
        };
        for beams in [1, 2] {
            check(
                [0.0, 1.0, 2.0, 3.0, -9.0],
                &plan(beams),
                &special,
                &[0, 1, 3, 3, 4],
            );
        }
    }

    #[test]
    fn no_run_comes_twice() {
        let two = Search {
            no_repeat: 2,
            ..plan(1)
        };
        check([0.0, 1.0, 2.0, 3.0, -9.0], &two, &SPECIAL, &[0, 3, 3, 2, 3]);
    }

    #[test]
    fn nothing_to_say_is_the_start_alone() {
        let none = Search {
            longest: 0,
            ..plan(1)
        };
        check([0.0; 5], &none, &SPECIAL, &[0]);
    }
}
