//! Prices as whole minor units: cents, yen, fils.

use crate::error::Error;

/// Currencies whose minor unit is not a hundredth (ISO 4217).
const EXPONENTS: &[(u32, &[&str])] = &[
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

/// Whether the text has the form of an ISO 4217 code.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// A decimal price as an integer of minor units: `("29.99", "USD")` is 2999, `("500", "JPY")` is 500.
///
/// It takes text, because a binary fraction has lost cents before it arrives. That the platform counts currencies
/// without minor units in whole units is *unverified*.
///
/// # Errors
/// `invalid_argument` for text that is not a plain decimal number, has more places than the currency, or is too large.
pub fn minor_units(amount: &str, currency: &str) -> Result<i64, Error> {
    if !is_currency(currency) {
        return Err(Error::argument(format!(
            "The currency is {currency:?}: three capital letters are due, such as \"USD\"."
        )));
    }
    let places = EXPONENTS.iter().find(|(_, codes)| codes.contains(&currency)).map_or(2, |(places, _)| *places);
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let pointless = amount.contains('.') && fraction.is_empty();
    if whole.is_empty() || !digits(whole) || !digits(fraction) || pointless {
        return Err(Error::argument(format!(
            "The amount is {amount:?}: a plain decimal number is due, such as \"29.99\"."
        )));
    }
    let kept = fraction.trim_end_matches('0');
    let missing = (places as usize).checked_sub(kept.len()).ok_or_else(|| {
        Error::argument(format!(
            "The amount {amount} has more than the {places} decimal places of {currency}. Round it first."
        ))
    })?;
    format!("{whole}{kept}{}", "0".repeat(missing))
        .parse()
        .map_err(|_| Error::argument(format!("The amount {amount} is too large.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_become_minor_units() {
        for (amount, currency, units) in [
            ("29.99", "USD", 2999),
            ("29.9", "USD", 2990),
            ("29", "USD", 2900),
            ("0.05", "EUR", 5),
            ("29.990", "USD", 2999),
            ("500", "JPY", 500),
            ("500.0", "JPY", 500),
            ("1.234", "KWD", 1234),
            ("0", "USD", 0),
        ] {
            assert_eq!(minor_units(amount, currency).unwrap(), units, "{amount} {currency}");
        }
    }

    #[test]
    fn other_amounts_are_refused() {
        for (amount, currency) in [
            ("29.999", "USD"),
            ("1.5", "JPY"),
            ("-1", "USD"),
            ("+1", "USD"),
            ("1,5", "USD"),
            ("1e2", "USD"),
            (".5", "USD"),
            ("5.", "USD"),
            ("", "USD"),
            (" 1", "USD"),
            ("99999999999999999999", "USD"),
            ("1", "usd"),
            ("1", "US"),
        ] {
            assert!(minor_units(amount, currency).is_err(), "{amount} {currency}");
        }
    }
}
