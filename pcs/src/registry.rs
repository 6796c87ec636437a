//! Schemes at run time: names, the list that a program links, and where structured parameters come from.
//!
//! Nothing here names a scheme: a binary gathers [`Scheme`] values, of this workspace or of its own, in a [`Schemes`] and
//! hands it to provers and verifiers. The protocol above is compiled without knowing any of them.

use crate::{Pcs, PcsError, PcsInfo};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What a scheme must be able to commit to and open; all that its parameters may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'a> {
    /// Number of variables of every column that is opened in one batch, over all commit calls.
    pub num_vars: &'a [usize],
}

/// Names a scheme: the number is what proof headers carry, the name what command lines and data files do.
///
/// Numbers below 128 are this project's; schemes of others take one from 128 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PcsKind {
    id: u8,
    name: &'static str,
}

impl PcsKind {
    /// The scheme that is used where none is named.
    pub const HYRAX: Self = Self::new(1, "hyrax");

    /// A scheme's number and name.
    pub const fn new(id: u8, name: &'static str) -> Self {
        Self { id, name }
    }

    /// Number in proof headers.
    pub const fn id(self) -> u8 {
        self.id
    }

    /// Name on command lines and in data files.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl fmt::Display for PcsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Makes a scheme's public parameters for a workload. Prover and verifier call it with the same workload.
pub type SetupFn = fn(Workload<'_>, &Resources) -> Result<Arc<dyn Pcs>, PcsError>;

/// A scheme that a program can choose.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// Number and name.
    pub kind: PcsKind,
    /// One line on what it is.
    pub summary: &'static str,
    /// Whether parameters need a structured reference string among the [`Resources`].
    pub needs_setup: bool,
    /// Makes the public parameters.
    pub setup: SetupFn,
}

/// Parameters that cannot be derived from public constants, by type: a structured reference string, say.
#[derive(Clone, Default)]
pub struct Resources {
    by_type: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl Resources {
    /// Adds a resource; another one of its type is replaced.
    pub fn insert<T: Any + Send + Sync>(&mut self, resource: Arc<T>) {
        self.by_type.insert(TypeId::of::<T>(), resource);
    }

    /// The resource of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.by_type.get(&TypeId::of::<T>()).cloned().and_then(|resource| resource.downcast().ok())
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resources").field("types", &self.by_type.len()).finish()
    }
}

/// The schemes that a program knows, with what they need.
#[derive(Clone, Debug, Default)]
pub struct Schemes {
    list: Vec<Scheme>,
    resources: Resources,
    allow_insecure_setup: bool,
}

impl Schemes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scheme.
    ///
    /// # Panics
    /// When its number or its name is taken: a program would choose the wrong one.
    #[must_use]
    pub fn with(mut self, scheme: Scheme) -> Self {
        let taken = |s: &&Scheme| s.kind.id == scheme.kind.id || s.kind.name == scheme.kind.name;
        let clash = self.list.iter().find(taken);
        assert!(clash.is_none(), "schemes {clash:?} and {scheme:?} have the same number or name");
        self.list.push(scheme);
        self
    }

    /// Gives the schemes a resource.
    #[must_use]
    pub fn with_resource<T: Any + Send + Sync>(mut self, resource: Arc<T>) -> Self {
        self.resources.insert(resource);
        self
    }

    /// Lets parameters pass whose trapdoor is known to whoever reads a seed. Without it they are refused by
    /// [`Schemes::setup`], for provers and verifiers alike.
    #[must_use]
    pub fn allow_insecure_setup(mut self, allow: bool) -> Self {
        self.allow_insecure_setup = allow;
        self
    }

    /// All, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Scheme> {
        self.list.iter()
    }

    /// The scheme with this number in proof headers.
    pub fn by_id(&self, id: u8) -> Option<PcsKind> {
        self.list.iter().map(|s| s.kind).find(|kind| kind.id == id)
    }

    /// The scheme with this name.
    pub fn by_name(&self, name: &str) -> Option<PcsKind> {
        self.list.iter().map(|s| s.kind).find(|kind| kind.name == name)
    }

    /// The resources.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Public parameters for a workload. Prover and verifier call this with the same workload.
    ///
    /// # Errors
    /// When the scheme is not among these, cannot carry the workload, lacks a resource, or when its parameters are
    /// insecure and that was not allowed.
    pub fn setup(&self, kind: PcsKind, workload: Workload<'_>) -> Result<Arc<dyn Pcs>, PcsError> {
        let scheme = self.list.iter().find(|s| s.kind == kind).ok_or(PcsError::UnknownScheme { kind })?;
        let pcs = (scheme.setup)(workload, &self.resources)?;
        let PcsInfo { setup, .. } = pcs.info();
        if setup.is_insecure() && !self.allow_insecure_setup {
            return Err(PcsError::InsecureSetup { kind, setup });
        }
        Ok(pcs)
    }
}
