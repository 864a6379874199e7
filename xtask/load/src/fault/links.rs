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
        let tried = Cable::lay().and_then(|cable| cable.is_bad());
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

    /// Pulls it out at the far end: neither side is told.
    pub(super) fn pull(&self) -> Result<()> {
        ip(&["-n", &self.name, "link", "set", &self.far, "down"])
    }

    /// Puts it back.
    pub(super) fn put_back(&self) -> Result<()> {
        ip(&["-n", &self.name, "link", "set", &self.far, "up"])
    }

    /// From now on both ends delay and lose packets.
    pub(super) fn is_bad(&self) -> Result<()> {
        let mut near = Command::new("tc");
        near.args(["qdisc", "add", "dev", &self.near, "root"]);
        run(near.args(BAD))?;
        let mut far = Command::new("tc");
        far.args(["-n", &self.name, "qdisc", "add", "dev", &self.far, "root"]);
        run(far.args(BAD))
    }

    /// Neither end does any more.
    pub(super) fn is_good(&self) -> Result<()> {
        let mut near = Command::new("tc");
        run(near.args(["qdisc", "del", "dev", &self.near, "root"]))?;
        let mut far = Command::new("tc");
        run(far.args(["-n", &self.name, "qdisc", "del", "dev", &self.far, "root"]))
    }
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
