//! Unknowns without a domain go: by a linear fact that defines them, or with the one product that they are.

use super::{
    form::{Form, Var, signed},
    solver::{Definition, Fact, State},
};
use ark_ff::{Field, One};
use lariat_algebra::Fr;

impl State {
    /// Eliminates one unknown without a domain, if there is one.
    pub(super) fn eliminate(&mut self) -> bool {
        // What memory holds has no domain, and is in a fact that has no place for a definition.
        let of_memory = |f: &Fact, var: Var| matches!(f, Fact::Memory { .. }) && f.vars().any(|v| v == var);
        let has_domain = |var: Var| self.domains[var].is_some() || self.facts.iter().any(|f| of_memory(f, var));
        for (at, fact) in self.facts.iter().enumerate() {
            let Fact::Linear(form) = fact else { continue };
            let free = || form.terms.iter().filter(|t| !has_domain(t.0));
            let unit = free().find(|t| t.1.is_one() || (-t.1).is_one());
            let pivot = unit.or_else(|| free().find(|t| self.divides(at, **t)));
            let Some(&(var, c)) = pivot else { continue };
            let Some(inverse) = c.inverse() else { continue };
            let mut definition = form.scaled(-inverse);
            definition.terms.retain(|t| t.0 != var);
            self.facts.swap_remove(at);
            self.define(var, definition);
            return true;
        }
        for (at, fact) in self.facts.iter().enumerate() {
            let Fact::Product { a, b, c } = fact else { continue };
            let pivot = c.terms.iter().find(|&&(var, _)| {
                let alone = a.coefficient(var).is_none() && b.coefficient(var).is_none();
                let is_output = self.outputs.iter().any(|(_, form)| form.coefficient(var).is_some());
                alone && !is_output && !has_domain(var) && !self.occurs_besides(at, var)
            });
            let Some(&(var, scale)) = pivot else { continue };
            let Some(scale) = scale.inverse() else { continue };
            let mut rest = c.clone();
            rest.terms.retain(|t| t.0 != var);
            self.definitions.push((var, Definition::Product { a: a.clone(), b: b.clone(), rest, scale }));
            self.facts.swap_remove(at);
            return true;
        }
        false
    }

    /// Whether an unknown's coefficients in other facts are small multiples of this one: they stay integers then.
    fn divides(&self, at: usize, (var, c): (Var, Fr)) -> bool {
        let Some(inverse) = c.inverse() else { return false };
        let is_multiple = |form: &Form| {
            let ratio = form.coefficient(var).map(|other| signed(other * inverse));
            ratio.is_none_or(|r| r.is_some_and(|r| r.abs() < 1 << 40))
        };
        self.facts.iter().enumerate().filter(|(k, _)| *k != at).all(|(_, fact)| match fact {
            Fact::Linear(form) => is_multiple(form),
            Fact::Product { a, b, c } => [a, b, c].into_iter().all(is_multiple),
            Fact::Lookup { .. } | Fact::Memory { .. } | Fact::Next { .. } => true,
        })
    }

    /// Whether an unknown occurs in another fact.
    fn occurs_besides(&self, at: usize, var: Var) -> bool {
        self.facts.iter().enumerate().any(|(k, fact)| k != at && fact.vars().any(|v| v == var))
    }

    /// Puts a definition in the place of an unknown.
    fn define(&mut self, var: Var, definition: Form) {
        for fact in &mut self.facts {
            match fact {
                Fact::Linear(form) => form.substitute(var, &definition),
                Fact::Product { a, b, c } => {
                    for form in [a, b, c] {
                        form.substitute(var, &definition);
                    }
                }
                // Their unknowns are not eliminated.
                Fact::Lookup { .. } | Fact::Memory { .. } | Fact::Next { .. } => {}
            }
        }
        for (_, form) in &mut self.outputs {
            form.substitute(var, &definition);
        }
        self.definitions.push((var, Definition::Form(definition)));
    }
}
