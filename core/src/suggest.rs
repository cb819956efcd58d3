//! "Did you mean": the known word that a given one most likely stands for.

/// The known word that `word` most likely stands for.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-', ' '], "");
    let word = plain(word);
    let meant = meant_by(&word, known);
    known
        .iter()
        .map(|candidate| (distance(meant, &plain(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What other systems call the same thing; else the word itself.
fn meant_by<'w>(word: &'w str, known: &[&str]) -> &'w str {
    match word {
        "quantity" | "qty" | "amount" | "count" => "amounttoorder",
        "items" | "lineitems" | "products" if known.contains(&"orderItems") => "orderitems",
        "orderid" | "reference" => "externalid",
        "state" => "province",
        "postalcode" | "zip" if known.contains(&"postcode") => "postcode",
        "postcode" | "postalcode" if known.contains(&"zip") => "zip",
        word => word,
    }
}

/// How many letters were added, left out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for (i, x) in a.iter().enumerate() {
        let above = &rows[i];
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_suggested() {
        let known = ["externalId", "paid", "orderItems", "amountToOrder"];
        for (word, near) in [
            ("external_id", Some("externalId")),
            ("externalID", Some("externalId")),
            ("orderItem", Some("orderItems")),
            ("qty", Some("amountToOrder")),
            ("items", Some("orderItems")),
            ("pad", Some("paid")),
            ("piad", Some("paid")),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, &known), near, "{word}");
        }
    }
}
