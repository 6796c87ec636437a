//! The prover's side of the evaluation proof.

use crate::constants::{Constants, FirstGenerators};
use crate::fold::linear_combination;
use crate::gt::Gt;
use crate::messages::{First, LABEL_ALPHA, LABEL_BETA, LABEL_D, Last, Second, Statement};
use crate::pairing::{Lines, miller, prepare, products};
use crate::setup::Setup;
use ark_bn254::{G2Affine, G2Projective};
use ark_ec::scalar_mul::ScalarMul;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{Field, One, Zero};
use lariat_algebra::count::{self, Kernel};
use lariat_algebra::msm::msm;
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Affine, par};
use lariat_transcript::ProverChannel;

/// What is proven: `y = <L, M R>` for the matrix `M` that the rows commit to.
pub(crate) struct Opening<'a> {
    /// Generators.
    pub setup: &'a Setup,
    /// Commitments `<M_i, Gamma_1>` to the rows, as many as generators; identities past the last row.
    pub rows: Vec<G1Affine>,
    /// `L M`, as many entries as generators.
    pub combined_row: Vec<Fr>,
    /// The point of `R = eq(columns, .)`, one coordinate a round.
    pub columns: &'a [Fr],
    /// The point of `L = eq(row_point, .)`: zeros, then the row coordinates; one coordinate a round.
    pub row_point: &'a [Fr],
}

/// The vector in G2: multiples of `Gamma_2[0]` before the first round, points after it.
enum SecondVector {
    Scalars(Vec<Fr>),
    Points(Vec<G2Affine>),
}

/// `sum_i scalars_i bases_i`.
fn msm1(bases: &[G1Affine], scalars: &[Fr]) -> G1Affine {
    msm(bases, scalars).expect("vectors of one length").into_affine()
}

/// `sum_i scalars_i bases_i`.
fn msm2(bases: &[G2Affine], scalars: &[Fr]) -> G2Projective {
    count::add(Kernel::G2Scalars, scalars.len());
    G2Projective::msm(bases, scalars).expect("vectors of one length")
}

/// Inner products of `eq(coordinates[n - j..], .)`, the last `j` of `n` coordinates, with parts of generators:
/// `prefix[j]` with `Gamma[..2^j]`, `next[j]` with `Gamma[2^j..2^(j + 1)]`.
struct TensorSums<G> {
    prefix: Vec<G>,
    next: Vec<G>,
}

impl<G: CurveGroup<ScalarField = Fr>> TensorSums<G> {
    /// `sum(range, weights)` is the inner product with a range of generators.
    fn new(coordinates: &[Fr], first: G, sum: impl Fn(std::ops::Range<usize>, &[Fr]) -> G + Sync + Send) -> Self {
        let n = coordinates.len();
        let next: Vec<G> = par::map_collect(n, |j| sum(1 << j..2 << j, &eq_evals(&coordinates[n - j..])));
        let mut prefix = vec![first];
        for j in 0..n {
            // eq(x, X) = (1 - x, x).
            prefix.push(prefix[j] + (next[j] - prefix[j]) * coordinates[n - j - 1]);
        }
        Self { prefix, next }
    }
}

/// Sends the evaluation proof.
pub(crate) fn prove(opening: Opening<'_>, channel: &mut ProverChannel) {
    let Opening { setup, rows, combined_row, columns, row_point } = opening;
    let gamma1 = setup.gamma1.bases();
    let log_len = setup.log_len;
    let constants = Constants::get();

    // Step 1: the statement about vectors. With v1 = rows and v2 = (L M) Gamma_2[0]: D_1 is the commitment,
    // E_1 = <v1, L>, D_2 = e(E_1, Gamma_2[0]), C = e(C_1, Gamma_2[0]), E_2 = y Gamma_2[0].
    let statement = Statement { e1: msm1(&rows, &eq_evals(row_point)), c1: msm1(&rows, &combined_row) };
    statement.send(channel);

    let sums1: TensorSums<_> = TensorSums::new(row_point, gamma1[0].into(), |range, weights| {
        msm(&gamma1[range], weights).expect("vectors of one length")
    });
    let sums2 = TensorSums::new(columns, setup.gamma2[0].into(), |range, weights| msm2(&setup.gamma2[range], weights));

    // s_1 = scale1 eq(columns left, .), s_2 = scale2 eq(row coordinates left, .).
    let (mut scale1, mut scale2) = (Fr::one(), Fr::one());
    let (mut v1, mut v2) = (rows, SecondVector::Scalars(combined_row));
    for k in (1..=log_len).rev() {
        let half = 1usize << (k - 1);
        let round = log_len - k;
        let (x, y) = (columns[round], row_point[round]);
        let (v1_left, v1_right) = v1.split_at(half);
        let (gamma1_left, gamma1_right) = gamma1[..2 * half].split_at(half);
        let (lines_left, lines_right) = setup.lines()[..2 * half].split_at(half);
        let (gamma2_left, gamma2_right) = setup.gamma2[..2 * half].split_at(half);

        // Step 2: all products of pairings of the round. None depends on its challenges.
        let fixed: [(&[G1Affine], &[Lines]); 3] =
            [(v1_left, lines_left), (v1_right, lines_left), (v1_left, lines_right)];
        // <Gamma_1L, v2L>, <Gamma_1L, v2R>, <v1L, v2R>, <v1R, v2L>, <Gamma_1R, v2L>.
        let firsts = [gamma1_left, gamma1_left, v1_left, v1_right, gamma1_right];
        let takes_right = [false, true, true, false, false];
        let values = match &v2 {
            SecondVector::Scalars(scalars) => {
                let (left, right) = scalars.split_at(half);
                let mut values = products(&fixed);
                values.extend(par::map_collect(5, |i| {
                    let point = msm1(firsts[i], if takes_right[i] { right } else { left });
                    miller(&[point], &FirstGenerators::get().lines).reduce()
                }));
                values
            }
            SecondVector::Points(points) => {
                let lines = prepare(points);
                let (left, right) = lines.split_at(half);
                let variable = firsts.iter().zip(takes_right).map(|(p, r)| (*p, if r { right } else { left }));
                products(&fixed.into_iter().chain(variable).collect::<Vec<_>>())
            }
        };
        let [d1l, d1r, v1l_gamma2r, d2l, d2r, v1l_v2r, v1r_v2l, gamma1r_v2l] =
            <[Gt; 8]>::try_from(values).expect("eight products");

        // Step 3: first message.
        let first = First {
            d1: [d1l.into(), d1r.into()],
            d2: [d2l.into(), d2r.into()],
            e1_beta: (sums1.prefix[k] * scale2).into_affine(),
            e2_beta: (sums2.prefix[k] * scale1).into_affine(),
        };
        first.send(channel);
        let (beta, beta_inverse) = with_inverse(channel.challenge(LABEL_BETA));

        // Step 4: second message, of the vectors v1 + beta Gamma_1, v2 + beta^-1 Gamma_2 multiplied out.
        let c_plus = [(v1l_v2r, Fr::one()), (d2r, beta), (v1l_gamma2r, beta_inverse)];
        let c_minus = [(v1r_v2l, Fr::one()), (gamma1r_v2l, beta), (d1r, beta_inverse)];
        let power = |terms: &[(Gt, Fr)]| crate::gt::product_of_powers(terms);
        let weights1 = eq_evals(&columns[round + 1..]);
        let weights2 = eq_evals(&row_point[round + 1..]);
        let sum1 = |half: &[G1Affine]| msm(half, &weights2).expect("vectors of one length");
        let sum2 = |right: bool| match &v2 {
            SecondVector::Scalars(scalars) => {
                let part = &scalars[if right { half..2 * half } else { 0..half }];
                setup.gamma2[0] * lariat_algebra::wide::inner_product(part, &weights1)
            }
            SecondVector::Points(points) => msm2(&points[if right { half..2 * half } else { 0..half }], &weights1),
        };
        let second = Second {
            c: [
                power(&c_plus).times(&constants.delta2_right[k - 1]).into(),
                power(&c_minus).times(&constants.delta1_right[k - 1]).into(),
            ],
            e1: [
                ((sum1(v1_left) + sums1.prefix[k - 1] * beta) * (scale2 * y)).into_affine(),
                ((sum1(v1_right) + sums1.next[k - 1] * beta) * (scale2 * (Fr::one() - y))).into_affine(),
            ],
            e2: [
                ((sum2(true) + sums2.next[k - 1] * beta_inverse) * (scale1 * (Fr::one() - x))).into_affine(),
                ((sum2(false) + sums2.prefix[k - 1] * beta_inverse) * (scale1 * x)).into_affine(),
            ],
        };
        second.send(channel);
        let (alpha, alpha_inverse) = with_inverse(channel.challenge(LABEL_ALPHA));

        // Step 5: fold.
        let one = Fr::one();
        let v2_terms = |left: (&[G2Affine], Fr), right: &[G2Affine]| {
            linear_combination(&[
                (right, one),
                left,
                (gamma2_left, alpha_inverse * beta_inverse),
                (gamma2_right, beta_inverse),
            ])
        };
        let next_v2 = match &v2 {
            SecondVector::Scalars(scalars) => {
                let (left, right) = scalars.split_at(half);
                let scalars: Vec<Fr> = left.iter().zip(right).map(|(l, r)| alpha_inverse * l + r).collect();
                count::add(Kernel::ScaledSums, scalars.len());
                count::add(Kernel::G2Scalars, scalars.len());
                let points = G2Projective::from(setup.gamma2[0]).batch_mul(&scalars);
                v2_terms((&points, Fr::zero()), &points)
            }
            SecondVector::Points(points) => {
                let (left, right) = points.split_at(half);
                v2_terms((left, alpha_inverse), right)
            }
        };
        let next_v1 =
            linear_combination(&[(v1_right, one), (v1_left, alpha), (gamma1_left, alpha * beta), (gamma1_right, beta)]);
        (v1, v2) = (next_v1, SecondVector::Points(next_v2));
        scale1 *= alpha * (one - x) + x;
        scale2 *= alpha_inverse * (one - y) + y;
    }

    // Step 6: the vectors of length one.
    let v2 = match v2 {
        SecondVector::Scalars(scalars) => (setup.gamma2[0] * scalars[0]).into_affine(),
        SecondVector::Points(points) => points[0],
    };
    Last { v1: v1[0], v2 }.send(channel);
    channel.challenge(LABEL_D);
}

/// A challenge and its inverse; zero, which has no inverse and which no verifier accepts, with itself.
fn with_inverse(x: Fr) -> (Fr, Fr) {
    (x, x.inverse().unwrap_or(x))
}
