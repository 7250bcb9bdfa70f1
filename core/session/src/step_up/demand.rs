use crate::step_up::Way;

/// What the bank demands before it goes on with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    /// The ways that will do and that this app knows, the bank's favourite first.
    pub(crate) ways: Vec<Way>,
    /// How old the showing may be, in seconds, if the bank says so.
    pub(crate) max_age: Option<u32>,
}

impl Demand {
    /// The demand of a challenge (RFC 9470 section 3). Ways this app does not know are passed over; where none is named, any will
    /// do.
    pub(crate) fn read(acr_values: Option<&str>, max_age: Option<&str>) -> Self {
        let mut ways = Vec::new();
        match acr_values {
            None => ways.extend(Way::ALL),
            Some(words) => {
                for way in words.split(' ').filter_map(Way::from_acr) {
                    if !ways.contains(&way) {
                        ways.push(way);
                    }
                }
            }
        }
        Self { ways, max_age: max_age.and_then(|seconds| seconds.parse().ok()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_keep_the_banks_order_and_unknown_ones_are_passed_over() {
        let words = "urn:other urn:guichet:acr:pin urn:guichet:acr:biometric urn:guichet:acr:pin";
        let demand = Demand::read(Some(words), Some("300"));
        assert_eq!(demand, Demand { ways: vec![Way::Pin, Way::Biometric], max_age: Some(300) });
        assert_eq!(Demand::read(Some("urn:other"), None).ways, []);
        assert_eq!(Demand::read(None, Some("-1")), Demand { ways: Way::ALL.into(), max_age: None });
    }
}
