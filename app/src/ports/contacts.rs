//! The client's people as a project keeps them: who they are and how they like to be reached (L4).

use super::people::UnknownName;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How somebody likes to be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A call.
    #[default]
    Phone,
    /// 微信.
    Wechat,
    /// 企业微信.
    Wecom,
    /// 钉钉.
    Dingtalk,
    /// 飞书.
    Feishu,
    /// A letter.
    Email,
    /// Face to face.
    Meeting,
    /// Something else.
    Other,
}

impl Channel {
    /// Every channel, as a list offers them.
    pub const ALL: [Self; 8] = [
        Self::Phone,
        Self::Wechat,
        Self::Wecom,
        Self::Dingtalk,
        Self::Feishu,
        Self::Email,
        Self::Meeting,
        Self::Other,
    ];

    /// The stable word, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Wechat => "wechat",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::Email => "email",
            Self::Meeting => "meeting",
            Self::Other => "other",
        }
    }
}

impl FromStr for Channel {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut all = Self::ALL.into_iter();
        all.find(|channel| channel.as_str() == text)
            .ok_or(UnknownName)
    }
}

/// What is known of one of the client's people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFacts {
    /// Their name.
    pub name: String,
    /// What they are at the client's; may be empty.
    pub post: String,
    /// How they like to be reached.
    pub channel: Channel,
    /// Number, handle or address there; may be empty.
    pub address: String,
}

impl ContactFacts {
    /// Whether nothing was written at all.
    pub fn is_empty(&self) -> bool {
        [&self.name, &self.post, &self.address]
            .iter()
            .all(|text| text.trim().is_empty())
    }

    /// Where a press on the address leads: a call or a letter, when it plainly is a number or an address
    /// of that sort.
    pub fn link(&self) -> Option<String> {
        let address = self.address.trim();
        match self.channel {
            Channel::Phone => {
                let number: String = address
                    .chars()
                    .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '（' | '）'))
                    .collect();
                let digits = number.strip_prefix('+').unwrap_or(&number);
                let is_number = (5..=20).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| format!("tel:{number}"))
            }
            Channel::Email => {
                let (name, host) = address.split_once('@')?;
                let is_plain = |part: &str, more: &str| {
                    let allowed = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
                    !part.is_empty() && part.chars().all(allowed)
                };
                (is_plain(name, "._+-") && is_plain(host, ".-"))
                    .then(|| format!("mailto:{address}"))
            }
            _ => None,
        }
    }
}

/// One of the client's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// Who, among the project's.
    pub id: super::people::ContactId,
    /// What is known of them.
    pub facts: ContactFacts,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(channel: Channel, address: &str) -> Option<String> {
        let facts = ContactFacts {
            channel,
            address: address.to_owned(),
            ..ContactFacts::default()
        };
        facts.link()
    }

    #[test]
    fn only_what_plainly_is_one_becomes_a_call_or_a_letter() {
        let call = |address: &str| link(Channel::Phone, address);
        assert_eq!(call("138 0013-8000").as_deref(), Some("tel:13800138000"));
        assert_eq!(
            call("+86（10）6552 9988").as_deref(),
            Some("tel:+861065529988")
        );
        assert_eq!(call("转 8001"), None);
        assert_eq!(call("110"), None);
        let write = |address: &str| link(Channel::Email, address);
        assert_eq!(
            write(" li.na+x@huatong.cn").as_deref(),
            Some("mailto:li.na+x@huatong.cn")
        );
        for odd in ["li.na", "@huatong.cn", "a@b?bcc=c@d", "a@b@c", "李娜@b.cn"] {
            assert_eq!(write(odd), None, "{odd}");
        }
        assert_eq!(link(Channel::Wechat, "13800138000"), None);
    }

    #[test]
    fn words_read_back() {
        for channel in Channel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
        assert_eq!("pigeon".parse::<Channel>(), Err(UnknownName));
    }
}
