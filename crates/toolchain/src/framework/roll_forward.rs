//! Which of several frameworks a program runs on: the rules by which the host of .NET rolls forward from the version that
//! `App.runtimeconfig.json` names (its `rollForward` property).

use super::SUPPORTED_MAJORS;
use std::fmt;

/// Major, minor and patch.
pub type Version = [u32; 3];

/// How far from the version that is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RollForward {
    /// Nowhere.
    Disable,
    /// To the newest patch.
    LatestPatch,
    /// To the newest patch, or where the minor version is missing, to the lowest higher one.
    #[default]
    Minor,
    /// To the highest minor version.
    LatestMinor,
    /// As `Minor`, or where the major version is missing, to the lowest higher one.
    Major,
    /// To the highest version of all.
    LatestMajor,
}

impl RollForward {
    /// The policy with a name; case does not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Disable, Self::LatestPatch, Self::Minor, Self::LatestMinor, Self::Major, Self::LatestMajor];
        all.into_iter().find(|policy| format!("{policy:?}").eq_ignore_ascii_case(text))
    }
}

/// What a program asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// The lowest version that will do.
    pub version: Version,
    /// And which higher ones.
    pub roll_forward: RollForward,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.version;
        write!(f, ".NET {major}.{minor}.{patch} (roll-forward policy {:?})", self.roll_forward)
    }
}

impl Request {
    /// The policy that counts. A program for an older .NET than any that Kiln compiles goes to the oldest: the class library
    /// promises to be compatible, and no other can be compiled.
    fn policy(&self) -> RollForward {
        let old = SUPPORTED_MAJORS.first().is_some_and(|oldest| self.version[0] < *oldest);
        match self.roll_forward {
            RollForward::LatestMajor => RollForward::LatestMajor,
            _ if old => RollForward::Major,
            policy => policy,
        }
    }

    /// The version that the host would choose.
    #[must_use]
    pub fn choose(&self, versions: &[Version]) -> Option<Version> {
        let [major, minor, _] = self.version;
        let fit = versions.iter().copied().filter(|v| *v >= self.version);
        let policy = self.policy();
        match policy {
            RollForward::Disable => fit.clone().find(|v| *v == self.version),
            RollForward::LatestPatch => fit.filter(|v| v[..2] == [major, minor]).max(),
            RollForward::LatestMinor => fit.filter(|v| v[0] == major).max(),
            RollForward::LatestMajor => fit.max(),
            RollForward::Minor | RollForward::Major => {
                let within = fit.filter(|v| policy == RollForward::Major || v[0] == major);
                let lowest = within.clone().map(|v| [v[0], v[1]]).min()?;
                within.filter(|v| v[..2] == lowest).max()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_HAND: [Version; 5] = [[9, 0, 7], [9, 0, 20], [10, 0, 2], [10, 0, 12], [11, 0, 0]];

    fn chosen(version: Version, policy: RollForward) -> Option<Version> {
        Request { version, roll_forward: policy }.choose(&AT_HAND)
    }

    #[test]
    fn a_program_stays_on_its_major_version_and_gets_the_newest_patch() {
        assert_eq!(chosen([9, 0, 0], RollForward::Minor), Some([9, 0, 20]));
        assert_eq!(chosen([10, 0, 0], RollForward::default()), Some([10, 0, 12]));
        assert_eq!(chosen([10, 0, 13], RollForward::Minor), None);
        assert_eq!(chosen([12, 0, 0], RollForward::LatestMajor), None);
    }

    #[test]
    fn every_policy_goes_as_far_as_it_says() {
        assert_eq!(chosen([9, 0, 7], RollForward::Disable), Some([9, 0, 7]));
        assert_eq!(chosen([9, 0, 8], RollForward::Disable), None);
        assert_eq!(chosen([9, 0, 0], RollForward::LatestPatch), Some([9, 0, 20]));
        assert_eq!(chosen([9, 1, 0], RollForward::LatestPatch), None);
        assert_eq!(chosen([9, 1, 0], RollForward::Minor), None);
        assert_eq!(chosen([9, 1, 0], RollForward::Major), Some([10, 0, 12]));
        assert_eq!(chosen([9, 0, 0], RollForward::Major), Some([9, 0, 20]));
        assert_eq!(chosen([9, 0, 0], RollForward::LatestMinor), Some([9, 0, 20]));
        assert_eq!(chosen([9, 0, 0], RollForward::LatestMajor), Some([11, 0, 0]));
        let minors = [[10, 1, 4], [10, 2, 0], [10, 2, 1], [10, 3, 0]];
        assert_eq!(Request { version: [10, 0, 0], roll_forward: RollForward::Minor }.choose(&minors), Some([10, 1, 4]));
    }

    #[test]
    fn a_program_older_than_all_goes_to_the_oldest() {
        assert_eq!(chosen([8, 0, 0], RollForward::Minor), Some([9, 0, 20]));
        assert_eq!(chosen([6, 0, 0], RollForward::LatestPatch), Some([9, 0, 20]));
    }

    #[test]
    fn policies_have_the_names_of_the_property() {
        assert_eq!(RollForward::parse("latestMinor"), Some(RollForward::LatestMinor));
        assert_eq!(RollForward::parse("Disable"), Some(RollForward::Disable));
        assert_eq!(RollForward::parse("Sideways"), None);
    }
}
