//! The progress of builds, as reported to the caller.

use soabi_core::ArtifactId;

use super::not_built::NotBuilt;

/// Receives the progress of builds, from any thread. Specimens that are in the cache already are not reported.
///
/// Specimens that are the same bytes are built once, under the name of the first.
pub trait Progress: Sync {
    /// Before anything else: how many builds there will be.
    fn planned(&self, builds: usize) {
        let _ = builds;
    }

    /// A build has begun.
    fn started(&self, specimen: &ArtifactId) {
        let _ = specimen;
    }

    /// A build has ended.
    fn finished(&self, specimen: &ArtifactId, failure: Option<&NotBuilt>) {
        let _ = (specimen, failure);
    }
}

/// Ignores the progress.
impl Progress for () {}
