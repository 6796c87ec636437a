//! Words that are close to two codewords, for schemes over Reed-Solomon codes.

use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_algebra::ntt::{Domain, encode};

/// Another polynomial than this one, of as many coefficients, and a word half-way between their codewords.
///
/// `coefficients` are a power of two, lowest degree first, and the code has rate `2^-log_blowup`. The codewords agree in
/// one position fewer than there are coefficients, which is the most that two can. The other positions the word takes
/// from them in turn. So it agrees with either in almost the fraction `(1 + rho) / 2` of all positions, and no word agrees
/// with two codewords in more: whoever commits to it opens it to either polynomial with this probability a query.
///
/// Costs the square of the number of coefficients.
pub fn half_way(coefficients: &[Fr], log_blowup: usize) -> (Vec<Fr>, Vec<Fr>) {
    let domain = Domain::new(coefficients.len().ilog2() as usize + log_blowup);
    // The difference: the product of `X - x` over the positions that agree.
    let mut other = vec![Fr::zero(); coefficients.len()];
    other[0] = Fr::one();
    for position in 1..coefficients.len() {
        let x = domain.element(position - 1);
        for i in (0..=position).rev() {
            let shifted = if i > 0 { other[i - 1] } else { Fr::zero() };
            other[i] = shifted - x * other[i];
        }
    }
    for (difference, coefficient) in other.iter_mut().zip(coefficients) {
        *difference += coefficient;
    }
    let (mut word, second) = (encode(coefficients, log_blowup), encode(&other, log_blowup));
    for (value, second) in word.iter_mut().zip(second).step_by(2) {
        *value = second;
    }
    (other, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_way_words_agree_with_both_codewords_as_much_as_any_can() {
        for (log_len, log_blowup) in [(0, 1), (3, 1), (5, 2), (6, 3)] {
            let one: Vec<Fr> = (0..1u64 << log_len).map(|i| Fr::from(i * i + 3)).collect();
            let (other, word) = half_way(&one, log_blowup);
            assert_ne!(one, other);
            let codewords = [&one, &other].map(|p| encode(p, log_blowup));
            let agreement = |a: &[Fr], b: &[Fr]| a.iter().zip(b).filter(|(a, b)| a == b).count();
            let len = 1 << (log_len + log_blowup);
            assert_eq!(agreement(&codewords[0], &codewords[1]), (1 << log_len) - 1);
            let each = codewords.map(|c| agreement(&c, &word));
            assert_eq!(each[0] + each[1], len + (1 << log_len) - 1);
            assert!(each[0].abs_diff(each[1]) <= 1, "{each:?}");
        }
    }
}
