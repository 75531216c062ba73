//! What an engine says of a paragraph.

use std::ops::Range;

/// Everything an engine found in one paragraph. A task that the engine does not do is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The sentiment of the paragraph as a whole.
    pub sentiment: Option<Sentiment>,
    /// One for each of the paragraph's mentions, in their order.
    pub stance: Option<Vec<Stance>>,
    /// How much each sentence carries of the paragraph, 0..1, in their order.
    pub salience: Option<Vec<f32>>,
    /// Tokens with the probability that a summary keeps them, in order.
    pub keep: Option<Vec<Keep>>,
    /// What the paragraph says in other words, from an engine that generates.
    pub retold: Option<String>,
    /// Names in the text, in order, not overlapping.
    pub entities: Option<Vec<Entity>>,
    /// Windows in which the text was read; one unless it is longer than the encoder's positions.
    pub windows: u32,
}

/// Probabilities of the three classes, which sum to one, and a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sentiment {
    /// p(negative)
    pub negative: f32,
    /// p(neutral)
    pub neutral: f32,
    /// p(positive)
    pub positive: f32,
    /// Valence from -1 (bad) to 1 (good).
    pub score: f32,
}

impl Sentiment {
    /// `negative`, `neutral` or `positive`, whichever is likeliest; `neutral` wins a tie.
    #[must_use]
    pub fn label(&self) -> &'static str {
        if self.negative > self.neutral && self.negative >= self.positive {
            "negative"
        } else if self.positive > self.neutral && self.positive > self.negative {
            "positive"
        } else {
            "neutral"
        }
    }
}

/// Probabilities of the stance of the text toward one mention of a target; they sum to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stance {
    /// p(against)
    pub against: f32,
    /// p(neutral)
    pub neutral: f32,
    /// p(favor)
    pub favor: f32,
}

impl Stance {
    /// `against`, `neutral` or `favor`, whichever is likeliest; `neutral` wins a tie.
    #[must_use]
    pub fn label(&self) -> &'static str {
        if self.against > self.neutral && self.against >= self.favor {
            "against"
        } else if self.favor > self.neutral && self.favor > self.against {
            "favor"
        } else {
            "neutral"
        }
    }

    /// p(favor) less p(against): from -1 to 1.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.favor - self.against
    }

    /// The probability of a label.
    #[must_use]
    pub fn of_label(&self, label: &str) -> f32 {
        match label {
            "against" => self.against,
            "favor" => self.favor,
            _ => self.neutral,
        }
    }

    /// The mean of some; `None` of none.
    #[must_use]
    pub fn mean<'a>(all: impl Iterator<Item = &'a Stance>) -> Option<Stance> {
        let mut sum = Stance {
            against: 0.0,
            neutral: 0.0,
            favor: 0.0,
        };
        let mut count = 0.0_f32;
        for p in all {
            sum.against += p.against;
            sum.neutral += p.neutral;
            sum.favor += p.favor;
            count += 1.0;
        }
        (count > 0.0).then(|| Stance {
            against: sum.against / count,
            neutral: sum.neutral / count,
            favor: sum.favor / count,
        })
    }
}

/// A token and the probability that a summary keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// Bytes of the paragraph's text.
    pub span: Range<usize>,
    /// p(kept)
    pub p: f32,
}

/// A name in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Bytes of the paragraph's text.
    pub span: Range<usize>,
    /// What kind of thing bears the name.
    pub class: EntityClass,
    /// Mean probability of the tags that make it up.
    pub p: f32,
}

/// Classes of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityClass {
    /// A person.
    Per,
    /// An organisation.
    Org,
    /// A place; countries and cities too.
    Loc,
    /// A nationality, people, faith or political group.
    Norp,
    /// Any other name.
    Misc,
}

impl EntityClass {
    /// The name used in data sets and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EntityClass::Per => "PER",
            EntityClass::Org => "ORG",
            EntityClass::Loc => "LOC",
            EntityClass::Norp => "NORP",
            EntityClass::Misc => "MISC",
        }
    }

    /// The class of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<EntityClass> {
        [
            EntityClass::Per,
            EntityClass::Org,
            EntityClass::Loc,
            EntityClass::Norp,
            EntityClass::Misc,
        ]
        .into_iter()
        .find(|class| class.name() == name)
    }
}
