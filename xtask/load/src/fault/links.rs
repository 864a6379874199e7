//! A cable of one's own: a network namespace for the server, a pair of virtual Ethernet devices to
//! it, and what is done to them.

use std::process::Command;

use anyhow::Result;

use super::host::{Surroundings, run};
use super::is_root;

/// Where the server listens: it is alone there.
const PORT: u16 = 8080;
/// What goes on in the kernel of both ends.
const BAD: [&str; 6] = ["netem", "delay", "100ms", "30ms", "loss", "5%"];

/// A cable with a bad contact, for kernels without netem: packets are lost at its far end.
const LOSSES: &str = "table inet faults {
  chain in { type filter hook input priority 0; numgen random mod 100 < 5 drop; }
  chain out { type filter hook output priority 0; numgen random mod 100 < 5 drop; }
}";

/// A network on the way that takes everything and passes nothing on.
const SILENCE: &str = "table inet parting {
  chain in { type filter hook input priority -1; drop; }
  chain out { type filter hook output priority -1; drop; }
}";

/// How two sides lose each other. Neither is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parting {
    /// The cable is pulled out at the far end; the kernel notices that the neighbour is gone.
    Pulled,
    /// Whatever is sent is lost somewhere far away; nobody notices anything.
    Silent,
}

/// What is wrong with a cable besides that it is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Nothing.
    None,
    /// It loses packets.
    Loses,
    /// It loses and delays them.
    LosesAndDelays,
}

/// A namespace and the cable to it. Dropping it takes both away.
pub(super) struct Cable {
    name: String,
    near: String,
    far: String,
    /// The third byte of the addresses.
    net: u32,
}

pub(super) fn hindrance() -> Option<String> {
    if !is_root() {
        return Some("needs root, to make a network namespace".to_owned());
    }
    let laid = Cable::lay();
    laid.err()
        .map(|error| format!("no network namespace can be made: {error:#}"))
}

pub(super) fn hindrance_of_netem() -> Option<String> {
    hindrance().or_else(|| {
        let tried = Cable::lay().and_then(|cable| cable.gets(Flaw::LosesAndDelays));
        tried
            .err()
            .map(|error| format!("needs sch_netem in the kernel: {error:#}"))
    })
}

impl Cable {
    /// Lays one.
    pub(super) fn lay() -> Result<Self> {
        let id = std::process::id();
        let cable = Self {
            name: format!("countersign-{id}"),
            near: format!("cs{id}a"),
            far: format!("cs{id}b"),
            net: id % 250,
        };
        // Addresses for tests of networks (RFC 2544), which nobody routes.
        let (near_ip, far_ip) = (format!("198.18.{}.1/30", cable.net), cable.far_ip() + "/30");
        let (name, near, far) = (&*cable.name, &*cable.near, &*cable.far);
        ip(&["netns", "add", name])?;
        ip(&[
            "link", "add", near, "type", "veth", "peer", "name", far, "netns", name,
        ])?;
        ip(&["addr", "add", &near_ip, "dev", near])?;
        ip(&["link", "set", near, "up"])?;
        ip(&["-n", name, "addr", "add", &far_ip, "dev", far])?;
        cable.put_back()?;
        Ok(cable)
    }

    fn far_ip(&self) -> String {
        format!("198.18.{}.2", self.net)
    }

    /// What a server at its far end is started in.
    pub(super) fn surroundings(&self) -> Surroundings {
        let wrapper = ["ip", "netns", "exec", &self.name];
        Surroundings {
            wrapper: wrapper.map(str::to_owned).into(),
            ip: self.far_ip(),
            // What is not on this machine is served behind https alone.
            elsewhere: Some(("https://countersign.example", PORT)),
            ..Surroundings::default()
        }
    }

    /// From now on nothing gets through.
    pub(super) fn parts(&self, parting: Parting) -> Result<()> {
        match parting {
            Parting::Pulled => ip(&["-n", &self.name, "link", "set", &self.far, "down"]),
            Parting::Silent => self.nft(&[SILENCE]),
        }
    }

    /// It does again.
    pub(super) fn joins(&self, parting: Parting) -> Result<()> {
        match parting {
            Parting::Pulled => self.put_back(),
            Parting::Silent => self.nft(&["delete table inet parting"]),
        }
    }

    fn put_back(&self) -> Result<()> {
        ip(&["-n", &self.name, "link", "set", &self.far, "up"])
    }

    /// From now on it has this flaw.
    pub(super) fn gets(&self, flaw: Flaw) -> Result<()> {
        match flaw {
            Flaw::None => Ok(()),
            Flaw::Loses => self.nft(&[LOSSES]),
            Flaw::LosesAndDelays => self.tc("add", &BAD),
        }
    }

    /// It has it no longer.
    pub(super) fn is_rid_of(&self, flaw: Flaw) -> Result<()> {
        match flaw {
            Flaw::None => Ok(()),
            Flaw::Loses => self.nft(&["delete table inet faults"]),
            Flaw::LosesAndDelays => self.tc("del", &[]),
        }
    }

    fn nft(&self, words: &[&str]) -> Result<()> {
        let mut nft = Command::new("ip");
        run(nft.args(["netns", "exec", &self.name, "nft"]).args(words))
    }

    /// At both ends.
    fn tc(&self, does: &str, what: &[&str]) -> Result<()> {
        let mut near = Command::new("tc");
        let near = near.args(["qdisc", does, "dev", &self.near, "root"]);
        run(near.args(what))?;
        let mut far = Command::new("tc");
        let far = far.args(["-n", &self.name, "qdisc", does, "dev", &self.far, "root"]);
        run(far.args(what))
    }
}

/// The worst flaw a cable can be given without netem.
pub(super) fn worst_without_netem() -> Flaw {
    match has_nft() {
        true => Flaw::Loses,
        false => Flaw::None,
    }
}

/// The ways to part that there are on this machine.
pub(super) fn partings() -> &'static [Parting] {
    match has_nft() {
        true => &[Parting::Pulled, Parting::Silent],
        false => &[Parting::Pulled],
    }
}

fn has_nft() -> bool {
    run(Command::new("nft").arg("--version")).is_ok()
}

impl Drop for Cable {
    fn drop(&mut self) {
        // The far end goes with its namespace once the server in it has ended, and the near end with
        // it; the kernel takes its time with that, so the near end is taken away by name.
        for gone in [["link", "del", &self.near], ["netns", "del", &self.name]] {
            if let Err(error) = ip(&gone) {
                eprintln!("  something stays behind: {error:#}");
            }
        }
    }
}

fn ip(words: &[&str]) -> Result<()> {
    run(Command::new("ip").args(words))
}
