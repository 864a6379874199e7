//! A small world for sync tests: one server with a disk, clients with local stores, and a network
//! in between. Nothing happens by itself: a test, or dice with a seed, decides what happens next.

mod device;
mod dice;
mod host;
mod stock;

use std::collections::{BTreeMap, VecDeque};

pub(crate) use device::Device;
pub(crate) use dice::Dice;
pub(crate) use host::{Disk, Host, Job};
use model::ids::PeerId;
use model::sync::room::{ConnId, Person};
use model::sync::{Access, CloseReason};
pub(crate) use stock::{Flags, Stock};

/// One connection's two queues. Order is kept within a queue; between queues the test decides.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    pub(crate) up: VecDeque<Vec<u8>>,
    pub(crate) down: VecDeque<Vec<u8>>,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) host: Host,
    pub(crate) devices: Vec<Device>,
    pub(crate) stock: Vec<Stock>,
    pub(crate) wires: BTreeMap<ConnId, Wire>,
    pub(crate) rights: BTreeMap<Person, Access>,
    pub(crate) now_ms: u64,
    /// Why connections were closed by the server, in order.
    pub(crate) closed: Vec<CloseReason>,
    /// Frames the server sent: to whom, and with which rights at that moment.
    pub(crate) said: Vec<(Person, Access, Vec<u8>)>,
    next_conn: ConnId,
    next_actor: u64,
}

impl World {
    /// A world with one document on the server's disk and a device for each of these rights.
    pub(crate) fn new(rights: &[Access]) -> Self {
        let mut world = Self {
            host: Host::new(),
            devices: Vec::new(),
            stock: Vec::new(),
            wires: BTreeMap::new(),
            rights: BTreeMap::new(),
            now_ms: 1_000,
            closed: Vec::new(),
            said: Vec::new(),
            next_conn: 1,
            next_actor: 100,
        };
        for access in rights {
            world.add(*access);
        }
        world
    }

    /// Adds a person with one device.
    pub(crate) fn add(&mut self, access: Access) -> usize {
        let index = self.devices.len();
        let person = Person([u8::try_from(index + 1).unwrap(); 16]);
        self.rights.insert(person, access);
        let actor = self.fresh_actor();
        self.devices
            .push(Device::new(person, self.host.document, actor));
        index
    }

    /// Adds another device of the same person.
    pub(crate) fn add_device_of(&mut self, device: usize) -> usize {
        let person = self.devices[device].person;
        let actor = self.fresh_actor();
        self.devices
            .push(Device::new(person, self.host.document, actor));
        self.devices.len() - 1
    }

    pub(crate) fn fresh_actor(&mut self) -> u64 {
        self.next_actor += 1;
        self.next_actor
    }

    /// Somebody opens the document's page; the server numbers what the template brought.
    pub(crate) fn open_page(&mut self) {
        self.host.page(self.now_ms);
        self.carry();
        self.settle();
    }

    /// Opens a connection for a device.
    pub(crate) fn connect(&mut self, device: usize) {
        self.cut(device);
        let conn = self.next_conn;
        self.next_conn += 1;
        self.wires.insert(conn, Wire::default());
        let person = self.devices[device].person;
        self.host.accept(conn, person, self.now_ms);
        let peer: PeerId = format!("peer-{conn}").parse().unwrap();
        self.devices[device].conn = Some(conn);
        let frames = self.devices[device].open_socket(peer, self.now_ms);
        self.wires.get_mut(&conn).unwrap().up.extend(frames);
    }

    /// Connects somebody with other software.
    pub(crate) fn connect_stock(&mut self, access: Access, flags: Flags) -> usize {
        let index = self.stock.len();
        let person = Person([u8::try_from(200 + index).unwrap(); 16]);
        let conn = self.accept(person, access);
        let mut stock = Stock::new(person, conn, self.host.document, flags);
        self.send_up(conn, stock.join());
        self.stock.push(stock);
        index
    }

    /// A connection whose other end is the test's own.
    pub(crate) fn accept(&mut self, person: Person, access: Access) -> ConnId {
        self.rights.insert(person, access);
        let conn = self.next_conn;
        self.next_conn += 1;
        self.wires.insert(conn, Wire::default());
        self.host.accept(conn, person, self.now_ms);
        conn
    }

    /// Lets other software write, and sends what it says.
    pub(crate) fn stock_writes(&mut self, index: usize, key: &str) {
        let frames = self.stock[index].write(key);
        let conn = self.stock[index].conn;
        self.send_up(conn, frames);
    }

    /// Ends a device's connection; what was on the way is lost.
    pub(crate) fn cut(&mut self, device: usize) {
        if let Some(conn) = self.devices[device].conn {
            self.drop_wire(conn);
        }
    }

    /// Ends a connection on both sides.
    pub(crate) fn drop_wire(&mut self, conn: ConnId) {
        self.wires.remove(&conn);
        self.host.hang_up(conn, self.now_ms);
        if let Some(device) = self
            .devices
            .iter_mut()
            .find(|device| device.conn == Some(conn))
        {
            device.close_socket(self.now_ms);
        }
        self.carry();
    }

    /// Delivers the oldest frame of a connection to the server.
    pub(crate) fn deliver_up(&mut self, conn: ConnId, flush: bool) {
        let frame = self
            .wires
            .get_mut(&conn)
            .and_then(|wire| wire.up.pop_front());
        if let Some(frame) = frame {
            let access = &self.rights;
            self.host.receive(conn, &frame, access, self.now_ms);
            if flush {
                self.host.flush(self.now_ms);
            }
            self.carry();
        }
    }

    /// Delivers the oldest frame of a connection to its device.
    pub(crate) fn deliver_down(&mut self, conn: ConnId) {
        let frame = self
            .wires
            .get_mut(&conn)
            .and_then(|wire| wire.down.pop_front());
        let device = self
            .devices
            .iter_mut()
            .find(|device| device.conn == Some(conn));
        let stock = self.stock.iter_mut().find(|stock| stock.conn == conn);
        if let (Some(frame), Some(stock)) = (&frame, stock) {
            let answer = stock.frame(frame);
            self.send_up(conn, answer);
        } else if let (Some(frame), Some(device)) = (frame, device) {
            let answer = device.frame(frame, self.now_ms);
            self.send_up(conn, answer);
        }
    }

    /// Puts frames of a device on its wire.
    pub(crate) fn send_up(&mut self, conn: ConnId, frames: Vec<Vec<u8>>) {
        if let Some(wire) = self.wires.get_mut(&conn) {
            wire.up.extend(frames);
        }
    }

    /// Lets a device do something and sends what it says.
    pub(crate) fn act<T>(&mut self, device: usize, work: impl FnOnce(&mut Device, u64) -> T) -> T {
        let now_ms = self.now_ms;
        let result = work(&mut self.devices[device], now_ms);
        let frames = self.devices[device].take_frames();
        if let Some(conn) = self.devices[device].conn {
            self.send_up(conn, frames);
        }
        result
    }

    /// Carries what the server wants sent or closed.
    pub(crate) fn carry(&mut self) {
        for (conn, frame) in self.host.take_frames() {
            if let Some(person) = self.host.person(conn) {
                self.said
                    .push((person, self.rights[&person], frame.clone()));
            }
            if let Some(wire) = self.wires.get_mut(&conn) {
                wire.down.push_back(frame);
            }
        }
        for (conn, reason) in self.host.take_closed() {
            self.closed.push(reason);
            self.drop_wire(conn);
        }
    }

    /// Changes what a person may do.
    pub(crate) fn set_access(&mut self, device: usize, access: Access) {
        self.set_rights(self.devices[device].person, access);
    }

    /// Changes what a person may do.
    pub(crate) fn set_rights(&mut self, person: Person, access: Access) {
        self.rights.insert(person, access);
        self.host.set_access(person, access, self.now_ms);
        self.carry();
    }

    /// Finishes one thing the server has asked its driver for.
    pub(crate) fn finish(&mut self, job: Job) {
        self.host.finish(job, self.now_ms);
        self.carry();
    }

    /// The server's process dies: what is not on its disk is gone.
    pub(crate) fn crash_host(&mut self) {
        self.host.crash();
        for conn in self.wires.keys().copied().collect::<Vec<_>>() {
            self.drop_wire(conn);
        }
    }

    /// A device's process dies: what its local store has not confirmed is gone.
    pub(crate) fn crash_device(&mut self, device: usize) {
        self.cut(device);
        let actor = self.fresh_actor();
        self.devices[device].restart(actor);
    }

    /// Delivers and finishes everything until nothing is left to do. Panics when it never ends.
    pub(crate) fn settle(&mut self) {
        for _ in 0..20_000 {
            if !self.step_anything() {
                return;
            }
        }
        panic!("the world never comes to rest");
    }

    fn step_anything(&mut self) -> bool {
        self.now_ms += 1;
        for device in 0..self.devices.len() {
            if self.act(device, Device::finish_storing) {
                return true;
            }
        }
        if let Some(job) = self.host.next_job() {
            self.finish(job);
            return true;
        }
        let up = self.wires.iter().find(|(_, wire)| !wire.up.is_empty());
        if let Some(conn) = up.map(|(conn, _)| *conn) {
            self.deliver_up(conn, true);
            return true;
        }
        let down = self.wires.iter().find(|(_, wire)| !wire.down.is_empty());
        if let Some(conn) = down.map(|(conn, _)| *conn) {
            self.deliver_down(conn);
            return true;
        }
        false
    }
}
