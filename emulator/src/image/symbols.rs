//! Names of code addresses, for messages and profiles.

/// A name and the address it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Address of the symbol.
    pub address: u32,
    /// Name as the ELF has it (not demangled).
    pub name: String,
}

/// Symbols sorted by address, one per address.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Symbols {
    entries: Vec<Symbol>,
}

impl Symbols {
    /// Sorts `entries`; of several symbols at one address, the first in the given order stays.
    pub fn new(mut entries: Vec<Symbol>) -> Self {
        entries.sort_by_key(|symbol| symbol.address);
        entries.dedup_by_key(|symbol| symbol.address);
        Self { entries }
    }

    /// All symbols in the order of their addresses.
    pub fn entries(&self) -> &[Symbol] {
        &self.entries
    }

    /// The symbol with the highest address that is not above `address`.
    pub fn nearest(&self, address: u32) -> Option<&Symbol> {
        let behind = self.entries.partition_point(|symbol| symbol.address <= address);
        self.entries.get(behind.checked_sub(1)?)
    }

    /// The address of the first symbol called `name`. Linear in the number of symbols.
    pub fn address_of(&self, name: &str) -> Option<u32> {
        self.entries.iter().find(|symbol| symbol.name == name).map(|symbol| symbol.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_is_the_last_symbol_not_above() {
        let symbol = |address, name: &str| Symbol { address, name: name.to_owned() };
        let symbols = Symbols::new(vec![symbol(8, "b"), symbol(4, "a"), symbol(8, "shadowed")]);
        let nearest = |address| symbols.nearest(address).map(|symbol| symbol.name.as_str());
        assert_eq!(nearest(3), None);
        assert_eq!(nearest(4), Some("a"));
        assert_eq!(nearest(7), Some("a"));
        assert_eq!(nearest(8), Some("b"));
        assert_eq!(nearest(u32::MAX), Some("b"));
        assert_eq!(symbols.address_of("b"), Some(8));
        assert_eq!(symbols.address_of("shadowed"), None);
    }
}
