//! The registry, conformance of every table, and whole words through all chunks.

use super::*;
use crate::conformance::subtable_conformance;
use proptest::prelude::*;
use std::collections::HashSet;

/// `p` as a two's complement integer of `bits` bits.
pub(super) fn signed(p: u64, bits: usize) -> i64 {
    if p < 1 << (bits - 1) { p as i64 } else { p as i64 - (1 << bits) }
}

/// Asserts that every entry is what `expected`, written without the table's own code, says.
pub(super) fn assert_entries(table: &dyn Subtable, expected: impl Fn(u64, u64) -> u64) {
    for p in 0..1 << table.log_p() {
        for q in 0..1 << table.log_q() {
            assert_eq!(u64::from(table.value(p, q)), expected(p.into(), q.into()), "{} at ({p}, {q})", table.name());
        }
    }
}

#[test]
fn every_table_conforms() {
    for params in Params::ALL {
        for id in all(params) {
            subtable_conformance(&*table(id, params));
        }
    }
    for log_p in [0, 1, 4, 13] {
        subtable_conformance(&*table(TableId::RangeTs(log_p), Params::M8));
    }
}

#[test]
fn ids_and_names_are_unique_and_round_trip() {
    for params in Params::ALL {
        let timestamps = (0..=32).map(TableId::RangeTs);
        let ids: Vec<TableId> = all(params).into_iter().chain(timestamps).collect();
        let bytes: HashSet<u8> = ids.iter().map(|id| id.id()).collect();
        assert_eq!(bytes.len(), ids.len());
        assert!(ids.iter().all(|id| TableId::from_id(params, id.id()) == Some(*id)));
        assert_eq!((0..=u8::MAX).filter(|id| TableId::from_id(params, *id).is_some()).count(), ids.len());

        let names: HashSet<&str> = all(params).iter().map(|id| table(*id, params).name()).collect();
        assert_eq!(names.len(), all(params).len());
    }
    assert_eq!(TableId::from_id(Params::M16, TableId::Sll(4).id()), None);
}

#[test]
fn ids_are_stable() {
    let listed: Vec<(&str, u8)> = all(Params::M16).iter().map(|id| (table(*id, Params::M16).name(), id.id())).collect();
    let expected = [
        ("range", 0x00),
        ("and", 0x01),
        ("or", 0x02),
        ("xor", 0x03),
        ("cmp_u", 0x04),
        ("cmp_s", 0x05),
        ("decide", 0x06),
        ("sra_top", 0x07),
        ("low5", 0x08),
        ("low_byte", 0x09),
        ("msb", 0x0a),
        ("msb8", 0x0b),
        ("sll0", 0x20),
        ("sll1", 0x21),
        ("sll2", 0x22),
        ("sll3", 0x23),
        ("srl0", 0x30),
        ("srl1", 0x31),
        ("srl2", 0x32),
        ("srl3", 0x33),
    ];
    assert_eq!(listed, expected);
    assert_eq!(TableId::RangeTs(20).id(), 0x40 + 20);
    assert_eq!(all(Params::M8).len(), 12 + 2 * 8);
}

#[test]
#[should_panic(expected = "no such table")]
fn family_index_out_of_bounds_is_refused() {
    table(TableId::Srl(4), Params::M16);
}

#[test]
fn static_dispatch_agrees_with_dynamic() {
    for params in Params::ALL {
        for id in all(params) {
            let table = table(id, params);
            for p in (0..1 << table.log_p()).step_by(7) {
                for q in (0..1 << table.log_q()).step_by(3) {
                    assert_eq!(id.value(params, p, q), table.value(p, q));
                }
            }
        }
    }
}

/// Sum of `id(i)` over all chunks `i` of `x`, `q` given by chunk, weighted by `weight(i)`.
fn sum_over_chunks(
    params: Params,
    x: u32,
    id: impl Fn(u8) -> TableId,
    q: impl Fn(usize) -> u32,
    weight: impl Fn(usize) -> u64,
) -> u64 {
    let chunks = 0..params.num_chunks();
    chunks.map(|i| weight(i) * u64::from(id(i as u8).value(params, params.chunk(x, i), q(i)))).sum()
}

/// Words that sit on the edges of chunks and signs, and uniform ones.
fn word() -> impl Strategy<Value = u32> {
    let edges = [0, 1, 0xf, 0x10, 0xff, 0x100, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xf000_0000, u32::MAX];
    prop_oneof![any::<u32>(), prop::sample::select(edges.to_vec()), (0..32u32, any::<u32>()).prop_map(|(s, x)| x >> s)]
}

/// Pairs of words, a third of them equal or equal but for one bit.
fn pair() -> impl Strategy<Value = (u32, u32)> {
    prop_oneof![(word(), word()), word().prop_map(|x| (x, x)), (word(), 0..32u32).prop_map(|(x, i)| (x, x ^ (1 << i)))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn chunks_give_bitwise_operations_on_words((x, y) in pair()) {
        for params in Params::ALL {
            let word = |id| {
                sum_over_chunks(params, x, |_| id, |i| params.chunk(y, i), |i| 1 << (params.chunk_bits() * i))
            };
            prop_assert_eq!(word(TableId::And), u64::from(x & y));
            prop_assert_eq!(word(TableId::Or), u64::from(x | y));
            prop_assert_eq!(word(TableId::Xor), u64::from(x ^ y));
        }
    }

    #[test]
    fn chunks_give_shifts_of_words(x in word(), s in 0..32u32) {
        for params in Params::ALL {
            let word = |id: &dyn Fn(u8) -> TableId| sum_over_chunks(params, x, id, |_| s, |_| 1);
            prop_assert_eq!(word(&TableId::Sll), u64::from(x << s));
            prop_assert_eq!(word(&TableId::Srl), u64::from(x >> s));
            let top = params.num_chunks() as u8 - 1;
            let arithmetic = word(&|i| if i == top { TableId::SraTop } else { TableId::Srl(i) });
            prop_assert_eq!(arithmetic, u64::from((x as i32 >> s) as u32));
        }
    }

    #[test]
    fn chunks_give_comparisons_of_words((x, y) in pair()) {
        for params in Params::ALL {
            let top = params.num_chunks() as u8 - 1;
            let outcome = |id: &dyn Fn(u8) -> TableId| {
                sum_over_chunks(params, x, id, |i| params.chunk(y, i), |i| 1 << i) as u32
            };
            let unsigned = outcome(&|_| TableId::CmpU);
            let signed = outcome(&|i| if i == top { TableId::CmpS } else { TableId::CmpU });
            let decide = |p, condition: Condition| TableId::Decide.value(params, p, condition.code()) == 1;
            prop_assert_eq!(decide(unsigned, Condition::Lt), x < y);
            prop_assert_eq!(decide(unsigned, Condition::Ge), x >= y);
            prop_assert_eq!(decide(unsigned, Condition::Eq), x == y);
            prop_assert_eq!(decide(unsigned, Condition::Ne), x != y);
            prop_assert_eq!(decide(signed, Condition::Lt), (x as i32) < y as i32);
            prop_assert_eq!(decide(signed, Condition::Ge), x as i32 >= y as i32);
            prop_assert_eq!(decide(signed, Condition::Eq), x == y);
            prop_assert_eq!(decide(signed, Condition::Ne), x != y);
        }
    }
}
