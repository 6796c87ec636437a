//! Commitments to rows of small integers over fixed bases.

use super::bucket::Buckets;
use super::digits::{CENTERED_BITS, best_window, centered, digits_u64, digits_wide, num_windows};
use super::kernel::{Adder, Backend};
use super::packed::{PackedPoint, PointRef};
use super::plain::{self, sum_parts};
use super::rows::RowValues;
use super::variable::pack_all;
use crate::column::Column;
use crate::{G1Affine, G1Projective, par};
use ark_ec::CurveGroup;
use ark_ff::Zero;
use std::sync::OnceLock;

/// Items that are summed in one go: long enough to hide inversions, short enough for the last-level cache.
const CHUNK_ITEMS: usize = 1 << 15;
/// Smallest chunk worth a task of its own.
const MIN_CHUNK_ITEMS: usize = 1 << 12;
/// Most bases of one subset-sum group. At 4,096 bases, 4, 6 and 8 take 10.0, 7.1 and 5.7 ns a Boolean (half of them ones)
/// and 1, 2.6 and 8 MiB.
const MAX_SUBSET_BITS: usize = 6;
/// Largest table of subset sums, in points (64 MiB): longer bases have smaller groups, and none from 2^20 on.
const MAX_SUBSET_POINTS: usize = 1 << 20;
/// Most bases with shifted copies: at 2^14, those for full-size scalars take 24 MiB.
const MAX_SHIFTED: usize = 1 << 14;
/// Bases whose shifted copies are computed together.
const SHIFT_BLOCK: usize = 512;

/// Points `G_0, ..., G_{L-1}` with the tables that make `sum_i v_i G_i` cheap for small `v_i`.
///
/// Up to `2^14` points, tables hold `2^(w k) G_i`, so that the digits of all windows of a scalar fall into one set of buckets, and subset
/// sums of groups of neighbours for Boolean rows. Each is built when rows first need it: for `L = 4096`, 0.5 MiB for
/// scalars of 16 bits, 1.5 MiB for 64 bits, 5 MiB for full-size scalars, 2.6 MiB for Booleans. More points are kept once, 64 bytes
/// each, with subset sums in at most 64 MiB. Variable time: not for secrets.
#[derive(Debug)]
pub struct FixedBases {
    bases: Vec<G1Affine>,
    backend: Backend,
    layout: Layout,
    /// By kind.
    tables: [OnceLock<Vec<PackedPoint>>; TableKind::ALL.len()],
}

/// A table of the points `2^(window k) G_i` at index `k L + i`, for `k` below `num_windows`.
#[derive(Clone, Copy, Debug)]
struct Windows {
    window: usize,
    num_windows: usize,
}

impl Windows {
    /// For magnitudes below `2^bits`, with the window that suits magnitudes below `2^typical_bits` best.
    fn new(bits: usize, typical_bits: usize, len: usize) -> Self {
        let window = best_window(typical_bits, len);
        Self { window, num_windows: num_windows(bits, window) }
    }

    /// Additions for `len` nonzero magnitudes below `2^bits`.
    fn cost(self, bits: usize, len: usize) -> usize {
        num_windows(bits, self.window) * len + (1 << self.window).min(2 * len)
    }

    fn max_digit(self) -> usize {
        1 << (self.window - 1)
    }
}

/// The tables over so many bases, what they cost and what they save. Nothing of it depends on the bases.
#[derive(Clone, Copy, Debug)]
struct Layout {
    len: usize,
    /// Zero where there are no subset sums.
    subset_bits: usize,
    small: Windows,
    medium: Windows,
    full: Windows,
}

impl Layout {
    fn new(len: usize) -> Self {
        Self {
            len,
            subset_bits: subset_bits(len),
            small: Windows::new(16, 16, len),
            medium: Windows::new(64, 32, len),
            full: Windows::new(CENTERED_BITS, CENTERED_BITS, len),
        }
    }

    /// Points of a table.
    fn num_points(&self, kind: TableKind) -> usize {
        let shifted = |windows: Windows| windows.num_windows * self.len;
        match kind {
            TableKind::Plain => self.len,
            TableKind::Subsets if self.subset_bits == 0 => 0,
            TableKind::Subsets => subset_table_len(self.len, self.subset_bits),
            _ if self.len > MAX_SHIFTED => 0,
            TableKind::Small => shifted(self.small),
            TableKind::Medium => shifted(self.medium),
            TableKind::Full => shifted(self.full),
        }
    }

    /// The additions that building a table takes.
    fn build_cost(&self, kind: TableKind) -> usize {
        let shifted = |windows: Windows| (windows.num_windows - 1) * windows.window * self.len;
        match kind {
            TableKind::Plain => 0,
            TableKind::Subsets => self.num_points(kind),
            TableKind::Small => shifted(self.small),
            TableKind::Medium => shifted(self.medium),
            TableKind::Full => shifted(self.full),
        }
    }

    /// The table that makes a part of a row cheapest, were it there, or `None` for zeros. The part begins at base `start`.
    fn table_for(&self, &(start, row): &(usize, RowValues<'_>)) -> Option<Choice> {
        let (bits, nonzero) = row.size().unwrap_or((CENTERED_BITS, row.end()));
        if nonzero == 0 {
            return None;
        }
        let plain = plain::cost(bits, nonzero);
        let over = |kind, cost: usize| Some(Choice { kind, saving: plain.saturating_sub(cost) });
        match row {
            RowValues::Bool(_) if self.subset_bits > 0 && start.is_multiple_of(self.subset_bits) => {
                over(TableKind::Subsets, nonzero.min(row.end().div_ceil(self.subset_bits)))
            }
            _ if self.len > MAX_SHIFTED => over(TableKind::Plain, plain),
            RowValues::Field(_) => over(TableKind::Full, self.full.cost(bits, nonzero)),
            _ => {
                let medium = self.medium.cost(bits, nonzero);
                let small = if bits <= 16 { self.small.cost(bits, nonzero) } else { usize::MAX };
                if small <= medium { over(TableKind::Small, small) } else { over(TableKind::Medium, medium) }
            }
        }
    }

    /// The tables that parts of rows are summed over: those that are there, and those that save these parts more than their
    /// building takes. A short proof does without.
    fn tables_for(
        &self,
        parts: &[(usize, RowValues<'_>)],
        is_there: impl Fn(TableKind) -> bool,
    ) -> Vec<Option<TableKind>> {
        let choices = par::map_collect(parts.len(), |i| self.table_for(&parts[i]));
        let pays = TableKind::ALL.map(|kind| {
            let saving: usize = choices.iter().flatten().filter(|c| c.kind == kind).map(|c| c.saving).sum();
            kind == TableKind::Plain || is_there(kind) || saving > self.build_cost(kind)
        });
        let table = |choice: Choice| if pays[choice.kind as usize] { choice.kind } else { TableKind::Plain };
        choices.into_iter().map(|choice| choice.map(table)).collect()
    }

    /// The rows of columns: column `k` in `m_k` variables has `max(1, 2^m_k / L)` of them, which are returned as counts too.
    fn rows_of<'c>(&self, columns: &[&'c Column]) -> (Vec<RowValues<'c>>, Vec<usize>) {
        let counts: Vec<usize> = columns.iter().map(|c| ((1usize << c.num_vars()) / self.len).max(1)).collect();
        let of_column = |(column, &count): (&&'c Column, &usize)| {
            let (column, len) = (*column, self.len);
            (0..count).map(move |i| RowValues::of_column(column, i * len, len))
        };
        (columns.iter().zip(&counts).flat_map(of_column).collect(), counts)
    }
}

/// Which table a row's items refer to. Rows that share a table are summed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TableKind {
    Plain,
    Subsets,
    Small,
    Medium,
    Full,
}

impl TableKind {
    const ALL: [Self; 5] = [Self::Plain, Self::Subsets, Self::Small, Self::Medium, Self::Full];
}

/// A table, and the additions that it saves a row.
#[derive(Clone, Copy, Debug)]
struct Choice {
    kind: TableKind,
    saving: usize,
}

/// Subset sums of `len` bases in groups of `bits` neighbours.
fn subset_table_len(len: usize, bits: usize) -> usize {
    len.div_ceil(bits) * ((1 << bits) - 1)
}

/// Size of the groups of neighbours with subset sums; 0 where even pairs have too many.
fn subset_bits(len: usize) -> usize {
    (2..=MAX_SUBSET_BITS).rfind(|&bits| subset_table_len(len, bits) <= MAX_SUBSET_POINTS).unwrap_or(0)
}

impl FixedBases {
    /// Takes the bases; a table follows when rows come for which it saves more than its building takes.
    ///
    /// # Panics
    /// When there are more than `2^26` bases.
    pub fn new(bases: Vec<G1Affine>) -> Self {
        Self::with_backend(bases, Backend::detect())
    }

    /// [`FixedBases::new`] on a chosen backend.
    ///
    /// # Panics
    /// When there are more than `2^26` bases, or this CPU does not run the backend.
    pub fn with_backend(bases: Vec<G1Affine>, backend: Backend) -> Self {
        assert!(bases.len() <= 1 << 26, "more than 2^26 fixed bases");
        assert!(backend.is_available(), "backend not available on this CPU");
        let layout = Layout::new(bases.len());
        Self { bases, backend, layout, tables: Default::default() }
    }

    /// Bytes that `len` bases take with the tables that [`Self::commit_columns`] builds for these columns; without
    /// columns, the most that they take.
    pub fn bytes_for(len: usize, columns: Option<&[&Column]>) -> u64 {
        let layout = Layout::new(len);
        let built: Vec<TableKind> = match columns {
            None => TableKind::ALL.to_vec(),
            Some(columns) => {
                let rows: Vec<_> = layout.rows_of(columns).0.into_iter().map(|row| (0, row)).collect();
                let used = layout.tables_for(&rows, |_| false);
                TableKind::ALL.into_iter().filter(|kind| used.contains(&Some(*kind))).collect()
            }
        };
        let points: usize = built.into_iter().map(|kind| layout.num_points(kind)).sum();
        (len * size_of::<G1Affine>() + points * size_of::<PackedPoint>()) as u64
    }

    /// The bases.
    pub fn bases(&self) -> &[G1Affine] {
        &self.bases
    }

    /// Number of bases `L`.
    pub fn len(&self) -> usize {
        self.bases.len()
    }

    /// Whether there are no bases.
    pub fn is_empty(&self) -> bool {
        self.bases.is_empty()
    }

    /// The backend in use.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// `sum_i values[i] * G_i`; a row shorter than `L` counts as padded with zeros.
    ///
    /// # Panics
    /// When the row is longer than `L`.
    pub fn commit_row(&self, values: RowValues<'_>) -> G1Affine {
        self.commit_rows(&[values])[0]
    }

    /// The commitments to many rows, in order. Rows run in parallel on the current thread pool.
    ///
    /// About one affine addition per nonzero digit (digits of 9 to 13 bits) and two per nonempty bucket; an all-zero
    /// row costs one scan.
    ///
    /// # Panics
    /// When a row is longer than `L`.
    pub fn commit_rows(&self, rows: &[RowValues<'_>]) -> Vec<G1Affine> {
        for row in rows {
            assert!(row.end() <= self.len(), "row of {} values over {} bases", row.end(), self.len());
        }
        let parts = RowValues::parts_of(rows);
        let values: Vec<(usize, RowValues<'_>)> = parts.iter().map(|&(_, start, values)| (start, values)).collect();
        let commitments = self.commit_parts(&values);
        if rows.iter().all(|row| !matches!(row, RowValues::Stack { .. })) {
            return commitments;
        }
        let mut sums = vec![G1Projective::zero(); rows.len()];
        for (&(row, ..), commitment) in parts.iter().zip(&commitments) {
            sums[row] += commitment;
        }
        G1Projective::normalize_batch(&sums)
    }

    /// The commitments to parts of rows, each with the base at which it begins.
    fn commit_parts(&self, rows: &[(usize, RowValues<'_>)]) -> Vec<G1Affine> {
        let mut out = vec![G1Affine::identity(); rows.len()];
        let tables = self.layout.tables_for(rows, |kind| self.tables[kind as usize].get().is_some());
        let of_kind = |plain: bool| {
            let tables = tables.iter().enumerate().filter_map(|(i, table)| table.map(|table| (i, table)));
            tables.filter(move |(_, table)| (*table == TableKind::Plain) == plain)
        };
        let plain: Vec<usize> = of_kind(true).map(|(i, _)| i).collect();
        if !plain.is_empty() {
            let table = self.table(TableKind::Plain);
            let values: Vec<(usize, RowValues<'_>)> = plain.iter().map(|&i| rows[i]).collect();
            let sums = sum_parts(self.backend, table, &values);
            for (i, sum) in plain.into_iter().zip(G1Projective::normalize_batch(&sums)) {
                out[i] = sum;
            }
        }
        // Rows of one table form chunks of about equal work.
        let mut order: Vec<(usize, TableKind)> = of_kind(false).collect();
        order.sort_by_key(|&(_, table)| table as u8);
        for (_, table) in order.chunk_by(|a, b| a.1 == b.1).map(|run| run[0]) {
            self.table(table);
        }
        let work = |&(i, table): &(usize, TableKind)| {
            rows[i].1.num_items_bound(table == TableKind::Subsets, self.layout.subset_bits)
        };
        let total: usize = order.iter().map(work).sum();
        let target = (total / (4 * par::num_threads())).clamp(MIN_CHUNK_ITEMS, CHUNK_ITEMS);
        let mut chunks: Vec<&[(usize, TableKind)]> = Vec::new();
        let (mut start, mut load) = (0, 0);
        for end in 0..order.len() {
            if end > start && (load >= target || order[end].1 != order[start].1) {
                chunks.push(&order[start..end]);
                (start, load) = (end, 0);
            }
            load += work(&order[end]);
        }
        chunks.push(&order[start..]);

        let sums = par::map_collect(chunks.len(), |c| self.commit_chunk(rows, chunks[c]));
        for (chunk, sums) in chunks.iter().zip(sums) {
            for (&(i, _), sum) in chunk.iter().zip(sums) {
                out[i] = sum;
            }
        }
        out
    }

    /// The commitments to the rows of every column: column `k` in `m_k` variables is cut into `max(1, 2^m_k / L)` rows
    /// of `min(L, 2^m_k)` consecutive evaluations.
    ///
    /// # Panics
    /// When `L` is not a power of two.
    pub fn commit_columns(&self, columns: &[&Column]) -> Vec<Vec<G1Affine>> {
        assert!(self.len().is_power_of_two(), "the number of bases is a power of two");
        let (rows, counts) = self.layout.rows_of(columns);
        let mut commitments = self.commit_rows(&rows).into_iter();
        counts.iter().map(|&count| commitments.by_ref().take(count).collect()).collect()
    }

    /// The points of a table, built if need be.
    fn table(&self, kind: TableKind) -> &[PackedPoint] {
        let shifted = |windows: Windows| shifted_points(&self.bases, self.backend, windows.window, windows.num_windows);
        get_or_build(&self.tables[kind as usize], || match kind {
            TableKind::Plain => pack_all(self.backend, self.len(), |i| &self.bases[i]),
            TableKind::Subsets => subset_points(&self.bases, self.layout.subset_bits, self.backend),
            TableKind::Small => shifted(self.layout.small),
            TableKind::Medium => shifted(self.layout.medium),
            TableKind::Full => shifted(self.layout.full),
        })
    }

    /// The largest digit over a table.
    fn max_digit(&self, kind: TableKind) -> usize {
        match kind {
            TableKind::Plain | TableKind::Subsets => 1,
            TableKind::Small => self.layout.small.max_digit(),
            TableKind::Medium => self.layout.medium.max_digit(),
            TableKind::Full => self.layout.full.max_digit(),
        }
    }

    fn commit_chunk(&self, rows: &[(usize, RowValues<'_>)], chunk: &[(usize, TableKind)]) -> Vec<G1Affine> {
        let Some(&(_, kind)) = chunk.first() else { return Vec::new() };
        let len = self.len();
        let (table, max_weight) = (self.table(kind), self.max_digit(kind));
        let mut buckets = Buckets::default();
        let mut items: Vec<(u32, PointRef)> = Vec::new();
        for (job, &(row, _)) in chunk.iter().enumerate() {
            items.clear();
            let (start, values) = rows[row];
            match (kind, values) {
                (TableKind::Subsets, RowValues::Bool(values)) => {
                    let per_group = (1 << self.layout.subset_bits) - 1;
                    let first = start / self.layout.subset_bits;
                    for (group, bits) in (first..).zip(values.chunks(self.layout.subset_bits)) {
                        let subset = bits.iter().rev().fold(0, |s, &bit| 2 * s + usize::from(bit));
                        if subset != 0 {
                            items.push((1, PointRef::table(group * per_group + subset - 1, false)));
                        }
                    }
                }
                (TableKind::Full, RowValues::Field(values)) => {
                    for (i, value) in values.iter().enumerate().filter(|(_, v)| !v.is_zero()) {
                        let (magnitude, negative) = centered(value);
                        digits_wide(&magnitude, self.layout.full.window, |k, digit, digit_negative| {
                            items.push((digit, PointRef::table(k * len + start + i, digit_negative != negative)));
                        });
                    }
                }
                (_, values) => {
                    let Layout { small, medium, .. } = self.layout;
                    let window = if kind == TableKind::Small { small } else { medium }.window;
                    values.for_each_nonzero(|i, magnitude, negative| {
                        digits_u64(magnitude, window, |k, digit, digit_negative| {
                            items.push((digit, PointRef::table(k * len + start + i, digit_negative != negative)));
                        });
                    });
                }
            }
            buckets.push_job(job, max_weight, &mut items);
        }
        let mut adder = Adder::new(self.backend, table);
        let sums = buckets.sum_jobs(chunk.len(), &mut adder);
        G1Projective::normalize_batch(&sums)
    }
}

/// Builds outside the cell's lock: a pool's worker that waits for its share of the build may run another row's task,
/// which must not block on the same cell. Two threads may both build; the first result stays.
fn get_or_build(cell: &OnceLock<Vec<PackedPoint>>, build: impl FnOnce() -> Vec<PackedPoint>) -> &[PackedPoint] {
    if let Some(points) = cell.get() {
        return points;
    }
    let points = build();
    cell.get_or_init(|| points)
}

/// `2^(window k) G_i` at index `k L + i`.
fn shifted_points(bases: &[G1Affine], backend: Backend, window: usize, num_windows: usize) -> Vec<PackedPoint> {
    let len = bases.len();
    let blocks = par::map_collect(len.div_ceil(SHIFT_BLOCK), |b| {
        let block = &bases[b * SHIFT_BLOCK..len.min((b + 1) * SHIFT_BLOCK)];
        let table: Vec<PackedPoint> = block.iter().map(|p| backend.pack(p)).collect();
        let mut adder = Adder::new(backend, &table);
        let mut current: Vec<PointRef> = (0..block.len()).map(|i| PointRef::table(i, false)).collect();
        let mut shifted = table.clone();
        for _ in 1..num_windows {
            for _ in 0..window {
                let pairs: Vec<_> = current.iter().map(|&p| (p, p)).collect();
                current = (0..block.len()).map(|i| adder.next_ref(i)).collect();
                adder.add(&pairs);
            }
            shifted.extend(current.iter().map(|&p| adder.packed(p)));
        }
        shifted
    });
    (0..num_windows)
        .flat_map(|k| {
            blocks.iter().flat_map(move |block| {
                let block_len = block.len() / num_windows;
                block[k * block_len..(k + 1) * block_len].iter().copied()
            })
        })
        .collect()
}

/// The sum over subset `s` (a nonzero bit mask) of group `g` at index `g (2^group_bits - 1) + s - 1`. Subsets that
/// reach past the last base are stored as the identity.
fn subset_points(bases: &[G1Affine], group_bits: usize, backend: Backend) -> Vec<PackedPoint> {
    let groups: Vec<&[G1Affine]> = bases.chunks(group_bits).collect();
    let blocks = par::map_collect(groups.len().div_ceil(SHIFT_BLOCK), |b| {
        let groups = &groups[b * SHIFT_BLOCK..groups.len().min((b + 1) * SHIFT_BLOCK)];
        let mut table: Vec<PackedPoint> = groups.iter().flat_map(|g| g.iter().map(|p| backend.pack(p))).collect();
        table.resize(groups.len() * group_bits, PackedPoint::IDENTITY);
        let mut adder = Adder::new(backend, &table);
        // names[s][g]: subset s of group g, built from the subset without its lowest member.
        let mut names: Vec<Vec<PointRef>> = vec![Vec::new(); 1 << group_bits];
        for subset in 1usize..1 << group_bits {
            let lowest = subset.trailing_zeros() as usize;
            let rest = subset & (subset - 1);
            let member = |g: usize| PointRef::table(g * group_bits + lowest, false);
            if rest == 0 {
                names[subset] = (0..groups.len()).map(member).collect();
            } else {
                let pairs: Vec<_> = (0..groups.len()).map(|g| (names[rest][g], member(g))).collect();
                names[subset] = (0..groups.len()).map(|g| adder.next_ref(g)).collect();
                adder.add(&pairs);
            }
        }
        let mut out = Vec::with_capacity(groups.len() * (names.len() - 1));
        for g in 0..groups.len() {
            out.extend(names[1..].iter().map(|subset| adder.packed(subset[g])));
        }
        out
    });
    blocks.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::ColumnData;
    use ark_ec::AffineRepr;
    use ark_ff::Field;

    /// A row alone is summed over the bases; many in one call make the table worth its building. Sums are the same before and
    /// after.
    #[test]
    fn tables_are_built_where_they_pay() {
        let len = 1 << 9;
        let bases: Vec<G1Affine> =
            (1..=len as u64).map(|i| (G1Affine::generator() * crate::Fr::from(i)).into()).collect();
        let values: Vec<u32> = (0..len as u32).map(|i| i.wrapping_mul(0x9e37_79b9)).collect();
        let bits: Vec<bool> = values.iter().map(|v| v & 4 == 0).collect();
        let scalars: Vec<crate::Fr> = values.iter().map(|&v| -crate::Fr::from(v).square()).collect();
        let rows = [RowValues::from(&values[..]), RowValues::from(&bits[..]), RowValues::from(&scalars[..])];
        for (row, kind) in rows.into_iter().zip([TableKind::Medium, TableKind::Subsets, TableKind::Full]) {
            let fixed = FixedBases::new(bases.clone());
            let built = || fixed.tables[kind as usize].get().is_some();
            let first = fixed.commit_row(row);
            assert!(!built(), "{kind:?} for one row");
            let rows = (2..1000).find(|&count| {
                assert_eq!(fixed.commit_rows(&vec![row; count]), vec![first; count], "{kind:?}");
                built()
            });
            assert!(rows.is_some_and(|count| count > 2), "{kind:?}: {rows:?}");
            assert_eq!(fixed.commit_row(row), first, "{kind:?}");
        }
    }

    /// What is said of the memory of tables is what they take: at most, and those that some columns need.
    #[test]
    fn tables_take_the_memory_that_is_said() {
        for len in [1, 3, 100, 1 << 10, MAX_SHIFTED, MAX_SHIFTED + 1, 1 << 16] {
            let fixed = FixedBases::new(vec![G1Affine::generator(); len]);
            let kinds = TableKind::ALL.into_iter().filter(|kind| fixed.layout.num_points(*kind) > 0);
            let tables: usize = kinds.map(|kind| size_of_val(fixed.table(kind))).sum();
            assert_eq!(FixedBases::bytes_for(len, None), (size_of_val(fixed.bases()) + tables) as u64, "{len} bases");
        }
        let len = 1 << 9;
        let mut sizes = Vec::new();
        for log_rows in [0, 9, 12, 14, 16] {
            let values: Vec<u32> = (0..1 << log_rows).map(|i: u32| i.wrapping_mul(0x9e37_79b9)).collect();
            let columns = [
                Column::new(log_rows, ColumnData::Bool(values.iter().map(|v| v & 4 == 0).collect())),
                Column::new(log_rows, ColumnData::U16(values.iter().map(|v| *v as u16).collect())),
                Column::new(log_rows, ColumnData::U32(values)),
            ];
            let columns: Vec<&Column> = columns.iter().collect();
            let fixed = FixedBases::new(vec![G1Affine::generator(); len]);
            fixed.commit_columns(&columns);
            let tables =
                fixed.tables.iter().filter_map(OnceLock::get).map(|t| size_of_val(t.as_slice())).sum::<usize>();
            let said = FixedBases::bytes_for(len, Some(&columns));
            assert_eq!(said, (size_of_val(fixed.bases()) + tables) as u64, "2^{log_rows} rows");
            sizes.push(said);
        }
        // So many bases have no subset sums at all.
        for len in [1 << 20, 1 << 21, 1 << 26] {
            let column = Column::new(10, ColumnData::Bool(vec![true; 1 << 10]));
            let said = FixedBases::bytes_for(len, Some(&[&column]));
            assert_eq!(said, (len * (size_of::<G1Affine>() + size_of::<PackedPoint>())) as u64, "{len} bases");
            assert_eq!(FixedBases::bytes_for(len, None), said, "{len} bases");
        }
        sizes.dedup();
        assert!(sizes.len() > 2 && sizes.is_sorted(), "{sizes:?}");
        assert!(sizes.iter().all(|said| *said <= FixedBases::bytes_for(len, None)));
    }
}
