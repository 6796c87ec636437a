//! Trees, matrices, openings and counts.

use crate::matrix::InterleavedMatrix;
use crate::openings::{OpeningLabels, OpeningShape, recv_openings, send_openings};
use crate::queries::{GAP, MAX_LOG_INV_RATE, RateAndRegime, Regime};
use crate::rows::{Code, CommittedRows};
use crate::tree::{
    CHECK_CAP, Cap, DIGEST_BYTES, Digest, MerkleTree, TreeShape, hash_leaf, hash_leaves, hash_node, hash_nodes,
    hash_scalars, hash_subtrees,
};
use ark_ff::{UniformRand, Zero};
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt::{Domain, widen};
use lariat_pcs::VerifyError;
use lariat_transcript::{HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn leaves(log_leaves: usize) -> Vec<[u8; 32]> {
    (0..1u32 << log_leaves).map(|i| hash_leaf(&i.to_le_bytes())).collect()
}

/// The root by definition.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (low, high) = leaves.split_at(leaves.len() / 2);
    hash_node(&root(low), &root(high))
}

#[test]
fn caps_are_the_roots_of_subtrees() {
    for log_leaves in 0..8 {
        let leaves = leaves(log_leaves);
        for cap_height in 0..=log_leaves + 1 {
            let shape = TreeShape::new(log_leaves, cap_height);
            assert_eq!(shape.cap_height(), cap_height.min(log_leaves));
            let tree = MerkleTree::new(leaves.clone(), shape);
            let cap = tree.cap();
            let subtree = leaves.len() >> shape.cap_height();
            let expected: Vec<_> = leaves.chunks(subtree).map(root).collect();
            assert_eq!(cap.digests(), expected);
            let with_root = expected.len() + usize::from(expected.len() > 1);
            assert_eq!(shape.cap_bytes(), DIGEST_BYTES * with_root);
            for (i, leaf) in leaves.iter().enumerate() {
                let path = tree.open(i, &[]);
                assert_eq!(path.len(), shape.path_bytes());
                assert!(cap.verify(i, leaf, &path));
            }
        }
    }
}

#[test]
fn large_trees_are_hashed_in_tasks_that_agree() {
    let leaves = leaves(13);
    assert_eq!(MerkleTree::new(leaves.clone(), TreeShape::new(13, 0)).cap().digests(), [root(&leaves)]);
}

#[test]
fn uniform_trees_are_trees_of_equal_leaves() {
    for (log_leaves, cap_height) in [(0, 0), (1, 1), (5, 0), (9, 3)] {
        let shape = TreeShape::new(log_leaves, cap_height);
        let leaf = hash_leaf(b"leaf");
        let (full, short) = (MerkleTree::new(vec![leaf; 1 << log_leaves], shape), MerkleTree::uniform(leaf, shape));
        assert_eq!(full.cap(), short.cap());
        for i in 0..1 << log_leaves {
            assert_eq!(full.open(i, &[]), short.open(i, &[]));
        }
    }
}

#[test]
fn rejects_another_index_leaf_or_path() {
    let leaves = leaves(6);
    let tree = MerkleTree::new(leaves.clone(), TreeShape::new(6, 2));
    let cap = tree.cap();
    for i in 0..64 {
        let path = tree.open(i, &[]);
        for j in (0..64).filter(|&j| j != i) {
            assert!(!cap.verify(j, &leaves[i], &path), "leaf {i} at {j}");
            assert!(!cap.verify(i, &leaves[j], &path), "leaf {j} for {i}");
        }
        for beyond in [64, 65, 64 + i, usize::MAX] {
            assert!(!cap.verify(beyond, &leaves[i], &path), "index {beyond}");
        }
        for byte in 0..path.len() {
            let mut wrong = path.clone();
            wrong[byte] ^= 1;
            assert!(!cap.verify(i, &leaves[i], &wrong), "byte {byte}");
        }
        for len in [0, 1, path.len() - DIGEST_BYTES, path.len() - 1] {
            assert!(!cap.verify(i, &leaves[i], &path[..len]), "{len} bytes");
        }
        let longer = [&path[..], &[0; DIGEST_BYTES]].concat();
        assert!(!cap.verify(i, &leaves[i], &longer));
        // Siblings exchanged with the path.
        assert!(!cap.verify(i ^ 1, &leaves[i], &path));
    }
}

/// On vectors or not, leaves and nodes have the digests of BLAKE3 in keyed mode.
#[test]
fn many_hashes_are_single_hashes() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let short = (1..=40).map(|k| 32 * k);
    for len in short.chain([1000, 1984, 2048, 2080, 3072, 4096, 4160, 5120, 6400, 8192, 9984, 17_408]) {
        for count in [1, 15, 16, 17, 32, 50] {
            let mut bytes = vec![0; len * count];
            rng.fill(&mut bytes[..]);
            let mut digests = vec![[0; 32]; count];
            hash_leaves(&bytes, len, &mut digests);
            let expected: Vec<_> = bytes.chunks(len).map(hash_leaf).collect();
            assert_eq!(digests, expected, "{count} leaves of {len} bytes");
        }
    }
    let children = leaves(6);
    let mut nodes = vec![[0; 32]; 32];
    hash_nodes(&children, &mut nodes);
    let expected: Vec<_> = children.as_chunks::<2>().0.iter().map(|[a, b]| hash_node(a, b)).collect();
    assert_eq!(nodes, expected);
}

#[test]
fn leaves_are_not_nodes() {
    let (a, b) = (hash_leaf(b"a"), hash_leaf(b"b"));
    assert_ne!(hash_leaf(&[a, b].concat()), hash_node(&a, &b));
    assert_ne!(hash_node(&a, &b), hash_node(&b, &a));
    assert_ne!(hash_scalars(&[Fr::from(1u64)]), hash_scalars(&[Fr::from(1u64), Fr::zero()]));
}

#[test]
fn cap_height_has_the_fewest_bytes() {
    for log_leaves in [0, 3, 7, 20] {
        for queries in [1, 2, 3, 64, 100, 128, 129, 241] {
            let bytes = |cap_height: usize| {
                let shape = TreeShape::new(log_leaves, cap_height);
                shape.cap_bytes() + queries * shape.path_bytes()
            };
            let chosen = TreeShape::for_queries(log_leaves, queries).cap_height();
            assert_eq!(Some(bytes(chosen)), (0..=log_leaves).map(bytes).min(), "{queries} of 2^{log_leaves}");
        }
    }
}

fn pieces(log_len: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let n = 1usize << log_len;
    [
        ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::U8((0..n.div_ceil(3)).map(|_| rng.r#gen()).collect()),
        ColumnData::U16(vec![7]),
        ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::U32(vec![0; n]),
        ColumnData::U32((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::I32((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::U64((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::Field((0..n).map(|_| Fr::rand(rng)).collect()),
        ColumnData::Sparse((0..n as u32).filter(|i| i % 5 == 2).map(|i| (i, rng.r#gen())).collect()),
        ColumnData::Sparse(Vec::new()),
        ColumnData::Bool(Vec::new()),
    ]
    .into_iter()
    .map(|data| Column::new(log_len, data))
    .collect()
}

#[test]
fn rows_widen_to_what_columns_hold() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for column in pieces(5, &mut rng) {
        for (start, len) in [(0, 32), (8, 8), (3, 20), (31, 1)] {
            let mut values = widen(RowValues::of_column(&column, start, len));
            assert!(values.last().is_none_or(|v| !v.is_zero()), "zeros at the end");
            values.resize(len, Fr::zero());
            assert_eq!(values, (start..start + len).map(|i| column.get(i)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn matrices_hold_the_codewords_of_their_pieces() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for (log_len, log_blowup, log_group) in [(0, 1, 0), (0, 2, 2), (3, 1, 0), (4, 2, 1), (9, 2, 0), (9, 1, 3)] {
        let columns = pieces(log_len, &mut rng);
        let rows: Vec<RowValues<'_>> = columns.iter().map(|c| RowValues::of_column(c, 0, 1 << log_len)).collect();
        let matrix = InterleavedMatrix::encode(&rows, log_len, log_blowup, log_group);
        assert_eq!((matrix.width(), matrix.log_len()), (columns.len(), log_len + log_blowup));
        let domain = Domain::new(log_len + log_blowup);
        let words: Vec<Vec<Fr>> =
            columns.iter().map(|c| domain.encode(&(0..1 << log_len).map(|i| c.get(i)).collect::<Vec<_>>())).collect();
        for leaf in 0..1 << matrix.log_leaves() {
            let rows = leaf << log_group..(leaf + 1) << log_group;
            let expected: Vec<Fr> = rows.flat_map(|row| words.iter().map(move |w| w[row])).collect();
            assert_eq!(matrix.leaf(leaf), expected);
        }
        // Hashing in tiles is hashing leaf by leaf.
        let digests: Vec<_> = (0..1 << matrix.log_leaves()).map(|i| hash_scalars(&matrix.leaf(i))).collect();
        let tree = matrix.commit(3);
        assert_eq!(tree.cap(), MerkleTree::new(digests, tree.shape()).cap());
        let same = InterleavedMatrix::from_words(words, log_len + log_blowup, log_group).commit(3);
        assert_eq!(tree.cap(), same.cap());
        // A combination of codewords is the codeword of the combination.
        let coefficients: Vec<Fr> = (0..columns.len()).map(|_| Fr::rand(&mut rng)).collect();
        let terms: Vec<_> = coefficients.iter().copied().zip(rows).collect();
        assert_eq!(matrix.combine(&coefficients), domain.encode(&combine_rows(&terms, 1 << log_len)));
    }
}

/// Rows that are encoded a block at a time are those of codewords that are kept: the same tree, and the same rows, at every
/// length of blocks.
#[test]
fn rows_in_blocks_are_the_rows_of_the_codewords() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for (log_coefficients, log_blowup) in [(0, 1), (1, 1), (4, 2), (9, 1)] {
        let code = Code { log_coefficients, log_blowup };
        let columns = pieces(log_coefficients, &mut rng);
        let rows: Vec<RowValues<'_>> =
            columns.iter().map(|c| RowValues::of_column(c, 0, 1 << log_coefficients)).collect();
        let kept = CommittedRows::encode(&rows, code, 3);
        assert!(kept.words().is_some());
        let indices: Vec<usize> = (0..20).map(|_| rng.gen_range(0..1 << code.log_len())).collect();
        for log_block in 1..=code.log_len() {
            let anew = CommittedRows::encode_in_blocks(&rows, code, Some(log_block), 3);
            assert!(anew.words().is_none());
            assert_eq!(anew.cap(), kept.cap(), "2^{log_coefficients}, blocks of 2^{log_block}");
            for indices in [&indices[..], &[], &[0, 0]] {
                assert_eq!(anew.rows(&rows, indices), kept.rows(&rows, indices));
                let openings = |rows_of: &CommittedRows| {
                    let mut channel = session().into_prover();
                    rows_of.send(&rows, indices, LABELS, &mut channel);
                    channel.finish().0
                };
                assert_eq!(openings(&anew), openings(&kept), "2^{log_coefficients}, blocks of 2^{log_block}");
            }
        }
    }
}

/// What is said of memory: codewords of short pieces are kept, those of long ones are not, and blocks are a small part.
#[test]
fn long_codewords_are_not_kept() {
    let value: Vec<u16> = (0..1 << 14).collect();
    let code = Code { log_coefficients: 14, log_blowup: 1 };
    for (width, kept) in [(8, true), (32, true), (33, false)] {
        let rows = vec![RowValues::U16(&value); width];
        let committed = CommittedRows::encode(&rows, code, 3);
        assert_eq!(committed.words().is_some(), kept, "{width} pieces");
        let words = committed.words().map_or(0, InterleavedMatrix::heap_bytes) as u64;
        let tree = if kept { 64 << 15 } else { 4 << 15 };
        assert_eq!(CommittedRows::kept_bytes(width, code), words + tree);
        assert_eq!(CommittedRows::working_bytes(width, code) == 0, kept);
    }
    // Elements take as much as a part of their codeword.
    let elements = vec![Fr::from(7u64); 1 << 14];
    let rows: Vec<RowValues<'_>> = (0..33).map(|_| RowValues::Field(&elements)).collect();
    assert!(CommittedRows::encode(&rows, code, 3).words().is_some());
    let long = Code { log_coefficients: 20, log_blowup: 1 };
    let per_row = CommittedRows::working_bytes(150, long) >> 20;
    assert!((100..250).contains(&per_row), "{per_row} bytes a row");
}

/// A tree without its lowest layers opens as the whole one does.
#[test]
fn subtrees_are_made_again() {
    let leaves: Vec<Digest> = (0..64u64).map(|i| hash_leaf(&i.to_le_bytes())).collect();
    let shape = TreeShape::new(6, 2);
    let whole = MerkleTree::new(leaves.clone(), shape);
    for log_subtree in 0..=4 {
        let mut roots = vec![Digest::default(); 64 >> log_subtree];
        hash_subtrees(&leaves, log_subtree, &mut roots);
        let tree = MerkleTree::over_subtrees(roots, log_subtree, shape);
        assert_eq!((tree.cap(), tree.log_subtree()), (whole.cap(), log_subtree));
        for index in 0..64 {
            let subtree = &leaves[index >> log_subtree << log_subtree..][..1 << log_subtree];
            let path = tree.open(index, subtree);
            assert_eq!(path, whole.open(index, &[]));
            assert!(tree.cap().verify(index, &leaves[index], &path));
        }
    }
}

#[test]
#[should_panic(expected = "the root of the subtree of leaf 5")]
fn another_subtree_is_refused() {
    let leaves: Vec<Digest> = (0..16u64).map(|i| hash_leaf(&i.to_le_bytes())).collect();
    let mut roots = vec![Digest::default(); 4];
    hash_subtrees(&leaves, 2, &mut roots);
    let _ = MerkleTree::over_subtrees(roots, 2, TreeShape::new(4, 1)).open(5, &leaves[..4]);
}

#[test]
#[should_panic(expected = "rows [4] of 2^2")]
fn rows_past_the_end_are_refused() {
    let rows = [RowValues::U8(&[1, 2])];
    let code = Code { log_coefficients: 1, log_blowup: 1 };
    CommittedRows::encode_in_blocks(&rows, code, Some(1), 3).rows(&rows, &[4]);
}

#[test]
fn constant_pieces_take_no_memory() {
    let rows = [RowValues::U8(&[3]), RowValues::U32(&[0, 0, 0, 0]), RowValues::Bool(&[])];
    let matrix = InterleavedMatrix::encode(&rows, 18, 2, 0);
    assert_eq!(matrix.heap_bytes(), 0);
    assert_eq!(matrix.leaf(12345), [Fr::from(3u64), Fr::zero(), Fr::zero()]);
    let tree = matrix.commit(100);
    assert!(tree.cap().verify(12345, &hash_scalars(&matrix.leaf(12345)), &tree.open(12345, &[])));
}

const LABELS: OpeningLabels = OpeningLabels { leaves: "leaves", paths: "paths", check: "leaf" };

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "merkle").bind("nothing", b"")
}

#[test]
fn openings_have_their_length_and_reject_every_change() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let words: Vec<Vec<Fr>> = (0..3).map(|_| (0..64).map(|_| Fr::rand(&mut rng)).collect()).collect();
    let matrix = InterleavedMatrix::from_words(words, 6, 1);
    let tree = matrix.commit(2);
    let indices = [5, 31, 5, 0];
    let mut channel = session().into_prover();
    tree.cap().send("cap", &mut channel);
    send_openings(&matrix.leaves(&indices), &tree, &indices, LABELS, &mut channel);
    let (proof, _) = channel.finish();
    let shape = OpeningShape { tree: tree.shape(), leaf_scalars: 6, num_queries: 4 };
    assert_eq!(proof.len(), tree.shape().cap_bytes() + shape.bytes());
    let read = |proof: &[u8], indices: &[usize]| {
        let mut channel = session().into_verifier(proof);
        let cap = Cap::recv(tree.shape(), "cap", &mut channel)?;
        let leaves = recv_openings(&cap, 6, indices, LABELS, &mut channel)?;
        channel.finish()?;
        Ok::<_, VerifyError>(leaves)
    };
    let expected: Vec<Vec<Fr>> = indices.iter().map(|&i| matrix.leaf(i)).collect();
    assert_eq!(read(&proof, &indices), Ok(expected));
    assert_eq!(read(&proof, &[5, 31, 5, 1]), Err(VerifyError::Check { check: "leaf" }));
    assert_eq!(read(&proof, &[5, 31, 5, 32]), Err(VerifyError::Check { check: "leaf" }));
    assert!(matches!(read(&proof, &indices[..3]), Err(VerifyError::Check { .. } | VerifyError::Channel(_))));
    for byte in 0..proof.len() {
        let mut wrong = proof.clone();
        wrong[byte] ^= 1;
        assert!(read(&wrong, &indices).is_err(), "byte {byte}");
    }
    for len in 0..proof.len() {
        assert!(matches!(read(&proof[..len], &indices), Err(VerifyError::Channel(_))), "{len} bytes");
    }
}

/// An inner node is no leaf, with or without a path that is too short, and nothing follows a path.
#[test]
fn rejects_paths_of_other_lengths() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let words: Vec<Vec<Fr>> = (0..2).map(|_| (0..32).map(|_| Fr::rand(&mut rng)).collect()).collect();
    let matrix = InterleavedMatrix::from_words(words, 5, 1);
    let tree = matrix.commit(1);
    let cap = tree.cap();
    let (leaf, path) = (hash_scalars(&matrix.leaf(3)), tree.open(3, &[]));
    assert!(cap.verify(3, &leaf, &path) && path.len() >= 64);
    assert!(!cap.verify(3, &leaf, &[&path[..], &[0]].concat()));
    assert!(!cap.verify(3, &leaf, &[&path[..], &path[..32]].concat()));
    for (index, node) in cap.digests().iter().enumerate() {
        assert!(!cap.verify(index, node, &[]));
    }
    let sibling: [u8; 32] = path[..32].try_into().unwrap();
    assert!(!cap.verify(1, &hash_node(&sibling, &leaf), &path[32..]));
}

#[test]
fn rejects_a_cap_that_does_not_hash_to_its_root() {
    let tree = MerkleTree::new(leaves(5), TreeShape::new(5, 3));
    let mut channel = session().into_prover();
    tree.cap().send("cap", &mut channel);
    let (proof, _) = channel.finish();
    let recv = |proof: &[u8]| Cap::recv(tree.shape(), "cap", &mut session().into_verifier(proof));
    assert_eq!(recv(&proof), Ok(tree.cap()));
    for byte in 0..proof.len() {
        let mut wrong = proof.clone();
        wrong[byte] ^= 1;
        assert_eq!(recv(&wrong), Err(VerifyError::Check { check: CHECK_CAP }), "byte {byte}");
    }
}

#[test]
fn query_counts_are_the_least_that_reach_the_target() {
    for regime in [Regime::Unique, Regime::Johnson] {
        for log_inv_rate in 1..=MAX_LOG_INV_RATE {
            let code = RateAndRegime::new(log_inv_rate, regime);
            for target in [1, 20, 80, 100, 128, 200] {
                let count = code.num_queries(target);
                assert!(code.queries(count).proven >= f64::from(target) - 1e-6, "{code:?} {target}");
                assert!(code.queries(count - 1).proven < f64::from(target) + 1e-6, "{code:?} {target}");
            }
        }
    }
}

#[test]
fn query_counts_for_a_hundred_bits() {
    let counts = |regime| [1, 2, 3, 4].map(|b| RateAndRegime::new(b, regime).num_queries(100));
    // 100 / log2(2 / (1 + rho)) and 100 / (log2(1 / rho) / 2 - log2(1 + 1 / M)), rounded up.
    assert_eq!(counts(Regime::Unique), [241, 148, 121, 110]);
    assert_eq!(counts(Regime::Johnson), [202, 101, 67, 51]);
}

#[test]
fn errors_follow_their_formulas() {
    let unique = RateAndRegime::new(2, Regime::Unique);
    assert!((unique.agreement() - 0.625).abs() < 1e-9);
    assert!((unique.curve(1, 20).proven - 233.5).abs() < 1e-9);
    assert!((unique.curve(128, 20).proven - 226.5).abs() < 1e-9);
    assert!((unique.identity(1).proven - 253.5).abs() < 1e-9);
    let johnson = RateAndRegime::new(2, Regime::Johnson);
    assert!((johnson.agreement() - 0.5 * (1.0 + 1.0 / f64::from(GAP))).abs() < 1e-9);
    assert!((johnson.list_size() - 1024.0).abs() < 1e-9);
    assert!((johnson.identity(1).proven - 243.5).abs() < 1e-9);
    // 253.5 - (40 + 7 * 9.0014 + 3 - 1.585)
    assert!((johnson.curve(1, 20).proven - 149.075).abs() < 0.01, "{:?}", johnson.curve(1, 20));
    assert!(johnson.curve(200, 24).proven > 110.0);
}

/// A commitment binds as the unique regime counts, in either; the counts of the Johnson regime are too few for it.
#[test]
fn binding_is_that_of_a_word_half_way_between_two_codewords() {
    for log_inv_rate in 1..=MAX_LOG_INV_RATE {
        let [unique, johnson] = [Regime::Unique, Regime::Johnson].map(|r| RateAndRegime::new(log_inv_rate, r));
        let count = unique.num_queries(100);
        let agreement = f64::midpoint(1.0, (-(log_inv_rate as f64)).exp2());
        for code in [unique, johnson] {
            let bits = code.binding(count);
            assert!((bits.proven + count as f64 * agreement.log2()).abs() < 1e-6, "{code:?}");
            assert!(bits.proven >= 100.0 - 1e-6 && bits.conjectured <= bits.proven, "{code:?}: {bits:?}");
        }
        assert!(johnson.binding(johnson.num_queries(100)).proven < 85.0);
    }
    let johnson = RateAndRegime::new(1, Regime::Johnson);
    assert!((johnson.binding(202).proven - 83.837).abs() < 1e-3);
}

/// Conjectured bits a query are those at which words begin to have codewords: near `b`, by about a 254th of the
/// positions below it.
#[test]
fn conjectured_bits_stay_below_capacity() {
    for (log_inv_rate, bits) in [(1, 0.98867), (2, 1.98154), (3, 2.97519)] {
        for regime in [Regime::Unique, Regime::Johnson] {
            let one = RateAndRegime::new(log_inv_rate, regime).queries(1).conjectured;
            assert!((one - bits).abs() < 1e-4, "rate 2^-{log_inv_rate}: {one}");
        }
    }
    for log_inv_rate in 1..=MAX_LOG_INV_RATE {
        let one = RateAndRegime::new(log_inv_rate, Regime::Unique).queries(1);
        let rate = (-(log_inv_rate as f64)).exp2();
        let agreement = (-one.conjectured).exp2();
        let entropy = -agreement * agreement.log2() - (1.0 - agreement) * (1.0 - agreement).log2();
        assert!((agreement - rate - entropy / 253.5).abs() < 1e-12, "rate {rate}");
        assert!(one.conjectured < log_inv_rate as f64 && one.conjectured > one.proven);
    }
}

#[test]
#[should_panic(expected = "rate 2^-0")]
fn rate_one_is_refused() {
    let _ = RateAndRegime::new(0, Regime::Unique);
}
