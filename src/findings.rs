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
