//! The constraint system and the memory operations, as formulas with reasons.

use crate::table;
use lariat_jolt_core::{
    Params, columns as col,
    constraints::{Affine, constraints as all_constraints},
    operations::{
        FIELD_ADDRESS, FIELD_BYTECODE, FIELD_KEY, FIELD_TS, FIELD_VALUE, Operation, Tag, operations as all_operations,
    },
};
use lariat_subtables::decompose::Flag;

/// Code base of the program that is shown; stands out so that it can be named.
const CODE_BASE: i128 = 0x5a5a_0000;

fn power(c: i128) -> String {
    let magnitude = c.unsigned_abs();
    if magnitude >= 256 && magnitude.is_power_of_two() {
        return format!("2^{}", magnitude.trailing_zeros());
    }
    if magnitude > 65536 && (magnitude + 1).is_power_of_two() {
        return format!("(2^{} − 1)", (magnitude + 1).trailing_zeros());
    }
    let rest = (1u128 << 32).wrapping_sub(magnitude);
    if magnitude > 1 << 20 && rest.is_power_of_two() {
        return format!("(2^32 − {rest})");
    }
    magnitude.to_string()
}

/// An affine form in words.
fn show(form: &Affine) -> String {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for &(k, c) in &form.terms {
        let name = match k {
            k if k == col::step(Params::M16) || k == col::active(Params::M16) => col::name(Params::M16, k),
            k => col::name(Params::M16, k).replace("flag ", ""),
        };
        let name = name.replace(' ', "_");
        parts.push((c < 0, if c.unsigned_abs() == 1 { name } else { format!("{}·{name}", power(c)) }));
    }
    let mut constant = form.constant;
    if (constant + CODE_BASE).unsigned_abs() < 256 {
        parts.push((true, "code_base".into()));
        constant += CODE_BASE;
    }
    if constant != 0 {
        parts.push((constant < 0, power(constant)));
    }
    // Positive terms first read better.
    parts.sort_by_key(|p| p.0);
    let mut out = String::new();
    for (i, (negative, text)) in parts.iter().enumerate() {
        out += match (i, negative) {
            (0, false) => "",
            (0, true) => "−",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        out += text;
    }
    if out.is_empty() { "0".into() } else { out }
}

fn product(a: &Affine, b: &Affine) -> String {
    let wrap = |f: &Affine| {
        let text = show(f);
        if text.contains(' ') || text.starts_with('−') { format!("({text})") } else { text }
    };
    if show(a) == "1" { show(b) } else { format!("{} · {}", wrap(a), wrap(b)) }
}

/// What goes wrong without relation `k` of a flag.
fn relation_reason(flag: Flag, k: usize) -> &'static str {
    use Flag::{
        Add, And, CmpS, CmpU, Const, DivU, Exit, Jalr, Lb, Lbu, Lh, Lhu, Lw, Mem, Mul, MulHigh, NegIf, Or, RemU, Sb,
        Set, Sh, SignX, SignY, Sll, Sra, Srl, Sub, Sw, Xor,
    };
    const HALVES: &str = "a load from or store to a word with other halves; range checks make the halves unique, and \
                          bind a private word to 32 bits";
    const ALIGNED: &str = "an access that straddles the half or word, which the emulator refuses";
    const UNCHANGED: &str = "a load that writes";
    const SELECT: &str = "the byte at another offset";
    const CHUNKS_X: &str = "a lookup on another `x`; the chunks are keys of tables of `b` bits, so they are unique";
    const CHUNKS_Y: &str = "a lookup on another `y`";
    match (flag, k) {
        (Add, 0) => "a sum that is not `x + y mod 2^32`",
        (Sub, 0) => "a difference that is not `x − y mod 2^32`",
        (Add | Sub | NegIf, 1) => "a result outside of 32 bits, by a wrong carry",
        (And | Or | Xor | CmpU | CmpS | Sll | Srl | Sra, 0) => CHUNKS_X,
        (And | Or | Xor | CmpU | CmpS, 1) => CHUNKS_Y,
        (And | Or | Xor | Sll | Srl | Sra, 2) => "a result other than the values looked up",
        (CmpU | CmpS, 2) => "a verdict on other outcomes than those of the chunks",
        (CmpU | CmpS, 3) => "a verdict on another condition",
        (Set, 0) => "a result other than the verdict",
        (Sll | Srl | Sra, 1) => "a shift amount that is not `y mod 32`; the whole of `y` is range-checked",
        (Sll | Srl | Sra, _) => "chunks shifted by different amounts",
        (Mul | MulHigh, 0) => "a product of something else than `x`",
        (Mul | MulHigh, 1) => "a low word outside of 32 bits: the split would not be unique",
        (Mul | MulHigh, 2) => "a high word outside of 32 bits",
        (Mul | MulHigh, 3) => "the other half of the product",
        (SignX | SignY, 0) => "the sign of another word",
        (DivU | RemU, 0) => "a quotient outside of 32 bits",
        (DivU | RemU, 1) => "a remainder that is not `x − q y`, or is outside of 32 bits",
        (DivU | RemU, 2) => "the remainder for the quotient, or the reverse",
        (NegIf, 0) => "a negation that is not asked for, or a wrong one",
        (Lb | Lbu | Lh | Lhu | Lw | Sb | Sh, 0) => HALVES,
        (Lb | Lbu | Sb, 1) => SELECT,
        (Lb, 2) => "a byte without its sign, or with another's",
        (Lbu, 2) => "a result other than the byte",
        (Lh, 1) => "a half without its sign",
        (Lhu, 1) => "a result other than the half",
        (Lw, 1) => "a result other than the word",
        (Lh | Lhu, 2) | (Lw, 2 | 3) | (Sh, 3) | (Sw, 1 | 2) => ALIGNED,
        (Lb | Lbu | Lh | Lhu, 3) | (Lw, 4) => UNCHANGED,
        (Sb | Sh, 1 | 2) => "storing another byte or half than that of `rs2`",
        (Sb, 3) => "a change that is not new minus old byte",
        (Sb | Sh, 4) => "a store that changes other bytes of the word, or this one to another value",
        (Sw, 0) => "storing another word than `rs2`",
        (Mem, 0) => "an access to another address; a wrong carry gives an index that no cell has",
        (Const, 0) => "another result of LUI, AUIPC, JAL",
        (Jalr, 0) => "a target outside of 32 bits",
        (Jalr, 1) => "another successor; a target that is no multiple of 4 has no row index",
        (Jalr, 2) => "another link than `pc + 4`",
        (Exit, 0) => "halting by an `ecall` that is not the exit call",
        _ => panic!("{flag:?} relation {k} has no reason in the documentation"),
    }
}

fn reason(name: &str) -> &'static str {
    match name {
        "stores need a writable word" => "writing to code, read-only data, inputs or the exit cell",
        "carry is a bit" => "results and addresses off by multiples of 2^32",
        "address bit 0 is a bit" | "address bit 1 is a bit" => "addresses between bytes",
        "negative product is a bit" => "signed products off by multiples of 2^64",
        "x is zero unless read" => "an operand out of nowhere: `x0` reads zero",
        "rs2 value is zero unless read" => "the same for `rs2`; keeps `y = imm` on immediate forms",
        "half mix" => "the other half selected",
        "byte mix" => "the other byte selected",
        "store delta byte" => "the change at another byte",
        "store delta half" => "the change at another half",
        "product" => {
            "a product that is not one; on rows that use it no side exceeds 2^65, so it holds over the integers"
        }
        "sign of x" => "a sign where `x` is unsigned, or the wrong one: the sign is bit 31, looked up",
        "sign of y" => "the same for `y`",
        "signed x" => "a negation by something else than twice `x`",
        "quotient by zero" => "another quotient by zero than 2^32 − 1",
        "remainder below divisor" => "quotient too small, remainder too large; the gap is range-checked",
        "a division has a zero or a nonzero divisor" => "a division that is neither",
        "branch taken" => "a branch against its condition; `taken` is zero off branches",
        "jump" => "falling through a jump, jumping from elsewhere, another target",
        "jalr offset" => "a successor of one's own choice on rows that are no `JALR`",
        _ => panic!("constraint `{name}` has no reason in the documentation"),
    }
}

/// The table of constraints.
pub fn constraints() -> String {
    let all = all_constraints(Params::M16, CODE_BASE as u32);
    let mut rows: Vec<[String; 4]> = Vec::new();
    let (mut tail, mut of_each_flag) = (0, String::new());
    for (i, c) in all.iter().enumerate() {
        if let Some(flag) = c.name.strip_suffix(" only on steps") {
            let formula = format!("`{} = {}`", product(&c.a, &c.b), show(&c.c)).replace(flag, "flag");
            assert!(tail == 0 || formula == of_each_flag, "every flag has the same constraint");
            (tail, of_each_flag) = (tail + 1, formula);
            continue;
        }
        assert_eq!(tail, 0, "constraints on rows past the end come last");
        let of_flag = Flag::ALL.into_iter().find_map(|f| {
            let k = c.name.strip_prefix(&format!("{f:?} relation "))?.parse().ok()?;
            Some(relation_reason(f, k))
        });
        let why = of_flag.unwrap_or_else(|| reason(&c.name));
        let formula = format!("`{} = {}`", product(&c.a, &c.b), show(&c.c));
        rows.push([i.to_string(), c.name.clone(), formula, why.into()]);
    }
    let (from, to) = (all.len() - tail, all.len() - 1);
    let mut why = "operations, writes to memory above all, on rows past the last step".to_string();
    if of_each_flag.contains("flag · (flag") {
        why += "; flags that are no bits, with which a leaf of the products could vanish identically";
    }
    rows.push([format!("{from}–{to}"), "flag only on steps, each".into(), of_each_flag, why]);
    table(&["#", "constraint", "formula", "without it"], rows)
}

fn field(i: usize) -> String {
    match i {
        FIELD_ADDRESS => "address".into(),
        FIELD_KEY => "key".into(),
        FIELD_VALUE => "value".into(),
        FIELD_TS => "time".into(),
        i => format!("b{}", i - FIELD_BYTECODE),
    }
}

fn tuple(fields: &[(usize, Affine)]) -> String {
    let shown: Vec<String> = fields
        .iter()
        .filter(|(i, f)| *i < FIELD_BYTECODE && show(f) != "0")
        .map(|(i, f)| format!("{} `{}`", field(*i), show(f)))
        .collect();
    let rest = fields.iter().filter(|(i, _)| *i >= FIELD_BYTECODE).count();
    let rest = if rest > 0 { format!(", and the row's {rest} bytecode fields") } else { String::new() };
    shown.join(", ") + &rest
}

/// The table of memory operations.
pub fn operations() -> String {
    let all = all_operations(Params::M16);
    let first_slot = all.iter().position(|o| o.name.starts_with("slot")).unwrap();
    let line = |i: usize, o: &Operation| {
        let slot = o.name.starts_with("slot");
        let tag = match &o.tag {
            Tag::Fixed(t) => t.to_string(),
            Tag::PerFlag(_) => "256 + id of the flag's table".into(),
        };
        let active = if slot { "sum of the slot's flags".into() } else { format!("`{}`", show(&o.active)) };
        let text = |s: String| if slot { s.replace("slot_0", "slot_j") } else { s };
        let number = if slot { format!("{i}–{}", all.len() - 1) } else { i.to_string() };
        let name = if slot { "slot j".into() } else { o.name.clone() };
        [number, name, active, tag, text(tuple(&o.read)), text(tuple(&o.write))]
    };
    let rows = all.iter().enumerate().take(first_slot + 1).map(|(i, o)| line(i, o));
    table(&["#", "operation", "where", "tag", "tuple read", "written instead"], rows)
}
