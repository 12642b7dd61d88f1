//! Silence about a file that nobody could read would look like praise.

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!("not-examined", Warning, "something native could not be read, so nothing is known about it");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let hit = |unread: &crate::subject::Unread| Hit {
        object: unread.member.clone(),
        ..Hit::whole(format!("not examined: {}", unread.reason))
            .help("rebuild or remove the file; if other tools can read it, please report a bug")
    };
    subject.unread.iter().map(hit).collect()
}
