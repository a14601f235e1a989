//! The questions that the help pages answer, by group.

use i18n::Messages;

use crate::block::Block;

mod account;
mod browsers;
mod partners;
mod registration;
mod settings;
mod signing_in;
mod verification;

/// A question and its answer, at an address of its own.
pub(crate) struct Topic {
    /// The last segment of the address, and the name of the message with the question. Pages and emails link to it, so it
    /// stays.
    pub(crate) slug: &'static str,
    /// The answer.
    pub(crate) answer: &'static [Block],
    /// What somebody with this question may ask next.
    pub(crate) related: &'static [&'static Topic],
}

/// Questions about one thing.
pub(crate) struct Group {
    /// The name of the message with the title, and the id of the group in the contents list.
    pub(crate) title: &'static str,
    /// The messages of the answers.
    pub(crate) messages: &'static Messages,
    /// The questions, in the order in which they are listed.
    pub(crate) topics: &'static [&'static Topic],
}

/// All groups, in the order in which they are listed.
pub(crate) static GROUPS: [&Group; 7] = [
    &account::GROUP,
    &registration::GROUP,
    &signing_in::GROUP,
    &partners::GROUP,
    &verification::GROUP,
    &settings::GROUP,
    &browsers::GROUP,
];

impl Topic {
    /// The path of the answer.
    pub(crate) fn path(&self) -> String {
        format!("/help/{}", self.slug)
    }
}

/// The question with this slug, and its group.
pub(crate) fn find(slug: &str) -> Option<(&'static Group, &'static Topic)> {
    let find_in = |group: &'static Group| {
        let topic = group.topics.iter().find(|topic| topic.slug == slug)?;
        Some((group, *topic))
    };
    GROUPS.into_iter().find_map(find_in)
}
