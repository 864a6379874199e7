//! Images over real HTTP: what is taken in and as what, what is refused and with which words, and who
//! may do either.

mod files;

use image::ImageFormat;
use model::edit::Edit;
use model::ids::{DocumentId, ImageId};
use model::limits;
use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, ORIGIN};
use reqwest::{Client, Response};
use serde_json::Value;
use server::clock::now_ms;
use server::images::remake;
use server::rights::Role;
use server::store::{MediaType, NewImage, PersonId, StoredImage};

use self::files::{bomb, jpeg_on_its_side, noise, png, two_colours};
use crate::sync_peer::Peer;
use crate::sync_world::World;
use crate::upkeep::{countersign, text_of};

fn address(world: &World, document: DocumentId) -> String {
    format!("{}/documents/{document}/images", world.origin())
}

async fn post(
    world: &World,
    document: DocumentId,
    cookie: Option<&str>,
    file: Vec<u8>,
) -> Response {
    let mut request = Client::new()
        .post(address(world, document))
        .header(ORIGIN, world.origin());
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.body(file).send().await.expect("an answer")
}

async fn get(world: &World, document: DocumentId, cookie: Option<&str>, image: &str) -> Response {
    let url = format!("{}/{image}", address(world, document));
    let mut request = Client::new().get(url);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.send().await.expect("an answer")
}

/// Sends a file as the owner: status and answer.
async fn sent(world: &World, file: Vec<u8>) -> (u16, Value) {
    let cookie = world.cookie(world.owner).await;
    let answer = post(world, world.document, Some(&cookie), file).await;
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

/// Sends a file as the owner and reads back what is kept of it.
async fn kept(world: &World, file: Vec<u8>) -> (Value, String, Vec<u8>) {
    let (status, answer) = sent(world, file).await;
    assert_eq!(status, 201, "{answer}");
    let cookie = world.cookie(world.owner).await;
    let id = answer["image"].as_str().expect("an id");
    let shown = get(world, world.document, Some(&cookie), id).await;
    assert_eq!(shown.status().as_u16(), 200);
    let kind = shown.headers()[CONTENT_TYPE]
        .to_str()
        .expect("text")
        .to_owned();
    let bytes = shown.bytes().await.expect("bytes").to_vec();
    (answer, kind, bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_kept_and_shown_as_an_image_and_nothing_else() {
    let world = World::start().await;
    let (answer, kind, bytes) = kept(&world, png(30, 20, 255)).await;
    assert_eq!(
        (&answer["width_px"], &answer["height_px"]),
        (&30.into(), &20.into())
    );
    assert_eq!(kind, "image/png");
    let drawn = image::load_from_memory(&bytes).expect("an image");
    assert_eq!((drawn.width(), drawn.height()), (30, 20));
    let cookie = world.cookie(world.owner).await;
    let id = answer["image"].as_str().expect("an id");
    let shown = get(&world, world.document, Some(&cookie), id).await;
    let said = |name: &str| shown.headers()[name].to_str().expect("text");
    assert_eq!(said("x-content-type-options"), "nosniff");
    assert_eq!(
        said(CONTENT_SECURITY_POLICY.as_str()),
        "default-src 'none'; sandbox"
    );
    assert_eq!(
        said(CACHE_CONTROL.as_str()),
        "private, max-age=31536000, immutable"
    );
    let (again, _, _) = kept(&world, png(30, 20, 255)).await;
    assert_eq!(
        again["image"], answer["image"],
        "the same image is kept once"
    );
    let ids = world.state.store.image_ids(world.document).await;
    assert_eq!(ids.expect("reads").len(), 1);
}

// Metadata tells where somebody lives; a photograph lies on its side without it.
#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_is_upright_and_says_nothing_but_its_pixels() {
    let world = World::start().await;
    let file = jpeg_on_its_side(64, 32, b"GPS 31.2304 121.4737 of somebody");
    assert!(file.windows(4).any(|part| part == b"Exif"));
    let (answer, kind, bytes) = kept(&world, file).await;
    assert_eq!(kind, "image/jpeg");
    assert_eq!(
        (&answer["width_px"], &answer["height_px"]),
        (&32.into(), &64.into())
    );
    for told in [b"Exif".as_slice(), b"GPS 31", b"121.4737"] {
        assert!(
            !bytes.windows(told.len()).any(|part| part == told),
            "{told:?}"
        );
    }
    // What was dark on the left is dark at the top.
    let drawn = image::load_from_memory(&bytes)
        .expect("an image")
        .to_luma8();
    assert_eq!(drawn.dimensions(), (32, 64));
    let mean = |rows: std::ops::Range<u32>| {
        let row_sum = |y| {
            (0..32)
                .map(|x| u32::from(drawn.get_pixel(x, y).0[0]))
                .sum::<u32>()
        };
        rows.clone().map(row_sum).sum::<u32>() / (rows.len() as u32 * 32)
    };
    assert!(
        mean(0..32) + 60 < mean(32..64),
        "{} {}",
        mean(0..32),
        mean(32..64)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_transparency_keeps_it_and_what_is_large_becomes_smaller() {
    let world = World::start().await;
    let (_, kind, bytes) = kept(&world, png(40, 40, 100)).await;
    assert_eq!(kind, "image/png");
    let drawn = image::load_from_memory(&bytes)
        .expect("an image")
        .to_rgba8();
    assert_eq!(drawn.get_pixel(5, 5).0[3], 100);

    let (answer, _, bytes) = kept(&world, png(3_000, 30, 255)).await;
    assert_eq!(
        (&answer["width_px"], &answer["height_px"]),
        (&2_560.into(), &26.into())
    );
    let drawn = image::load_from_memory(&bytes).expect("an image");
    assert_eq!((drawn.width(), drawn.height()), (2_560, 26));

    let (answer, _, _) = kept(&world, png(5_200, 52, 255)).await;
    assert_eq!(
        (&answer["width_px"], &answer["height_px"]),
        (&2_560.into(), &26.into())
    );
    let (_, kind, _) = kept(&world, noise(200, 200)).await;
    assert_eq!(kind, "image/jpeg", "a photograph");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_is_read_and_of_what_moves_the_first_picture() {
    let world = World::start().await;
    for format in [ImageFormat::Gif, ImageFormat::WebP] {
        let (answer, _, bytes) = kept(&world, two_colours(format)).await;
        assert_eq!(
            (&answer["width_px"], &answer["height_px"]),
            (&12.into(), &10.into())
        );
        let drawn = image::load_from_memory(&bytes).expect("an image").to_rgb8();
        let [red, green, blue] = drawn.get_pixel(1, 1).0;
        assert!(
            red > 180 && green < 50 && blue < 50,
            "{format:?}: {red} {green} {blue}"
        );
    }
}

// Whatever bytes come: an image or a reason, never a panic, and nothing beyond the bounds.
#[test]
fn damaged_files_are_refused_and_never_panic() {
    let mut seed = 7_u32;
    let mut dice = |end: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % end
    };
    let files = [
        png(40, 30, 200),
        jpeg_on_its_side(40, 30, b"x"),
        two_colours(ImageFormat::Gif),
        two_colours(ImageFormat::WebP),
    ];
    let mut read = 0;
    for _ in 0..600 {
        let mut file = files[dice(files.len())].clone();
        for _ in 0..=dice(4) {
            let at = dice(file.len());
            file[at] = dice(256) as u8;
        }
        file.truncate(if dice(3) == 0 {
            dice(file.len())
        } else {
            file.len()
        });
        if let Ok(image) = remake(&file) {
            read += 1;
            assert!(image.width_px.max(image.height_px) <= limits::IMAGE_SIDE_PX_MAX);
            assert!(image::load_from_memory(&image.bytes).is_ok());
        }
    }
    assert!(read > 0, "some are only a little wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_or_too_much_of_one_is_refused_with_what_to_do() {
    let world = World::start().await;
    let whole = png(50, 50, 255);
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let mut tiff = vec![0x49, 0x49, 42, 0];
    tiff.resize(100, 0);
    let started = std::time::Instant::now();
    for (file, status, code) in [
        (bomb(10_000, 10_000), 422, "image_too_many_pixels"),
        (bomb(60_000, 60_000), 422, "image_too_many_pixels"),
        (svg.to_vec(), 415, "not_an_image"),
        (b"%PDF-1.7 not an image".to_vec(), 415, "not_an_image"),
        (tiff, 415, "not_an_image"),
        (Vec::new(), 415, "not_an_image"),
        (whole[..whole.len() / 2].to_vec(), 422, "image_damaged"),
        (bomb(100, 100), 422, "image_damaged"),
        (
            vec![0; limits::IMAGE_FILE_BYTES_MAX + 1],
            413,
            "image_too_large",
        ),
    ] {
        let (said, answer) = sent(&world, file).await;
        assert_eq!(
            (said, answer["code"].as_str()),
            (status, Some(code)),
            "{answer}"
        );
        let [english, chinese] = ["message", "message_zh"].map(|name| answer[name].as_str());
        assert!(
            english.is_some_and(|words| words.ends_with('.')),
            "{answer}"
        );
        assert!(
            chinese.is_some_and(|words| words.ends_with('。')),
            "{answer}"
        );
    }
    assert!(started.elapsed().as_secs() < 20, "nothing was unpacked");
    assert!(bomb(10_000, 10_000).len() < 200);
    let ids = world.state.store.image_ids(world.document).await;
    assert_eq!(ids.expect("reads"), [], "nothing is kept of any of them");
}

// A body without a length is held to the bound while it comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_end_is_cut_off() {
    let world = World::start().await;
    let cookie = world.cookie(world.owner).await;
    let part = vec![0_u8; 1024 * 1024];
    let parts = (0..40).map(move |_| Ok::<_, std::io::Error>(part.clone()));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    let answer = Client::new()
        .post(address(&world, world.document))
        .header(ORIGIN, world.origin())
        .header(COOKIE, cookie)
        .body(body)
        .send()
        .await;
    // The server stops reading; whether its answer is still read is the network's affair.
    if let Ok(answer) = answer {
        assert_eq!(answer.status().as_u16(), 413);
    }
    let ids = world.state.store.image_ids(world.document).await;
    assert_eq!(ids.expect("reads"), []);
}

// SPEC: I3. Every role, somebody from elsewhere and nobody at all, at both routes, in a document they
// share, in one that is the author's alone, and through the address of a document of their own.
#[tokio::test(flavor = "multi_thread")]
async fn every_role_at_every_route_gets_what_its_rights_say() {
    let world = World::start().await;
    let (answer, _, _) = kept(&world, png(9, 9, 255)).await;
    let id = answer["image"].as_str().expect("an id").to_owned();
    let other = world.another_document().await;
    for (name, role, may_read, may_write) in [
        ("owner", Some(Role::Owner), true, true),
        ("member", Some(Role::Member), true, true),
        ("client", Some(Role::Client), true, true),
        ("reader", Some(Role::Reader), true, false),
        ("stranger", None, false, false),
    ] {
        let person = match role {
            Some(role) => world.member(name, role).await,
            None => world.stranger(name).await,
        };
        let cookie = world.cookie(person).await;
        let shown = get(&world, world.document, Some(&cookie), &id).await;
        assert_eq!(
            shown.status().as_u16(),
            if may_read { 200 } else { 404 },
            "{name}"
        );
        let added = post(&world, world.document, Some(&cookie), png(8, 8, 255)).await;
        let expected = match (may_read, may_write) {
            (_, true) => 201,
            (true, false) => 403,
            (false, false) => 404,
        };
        assert_eq!(added.status().as_u16(), expected, "{name}");
        // Knowing an id is no right: another document does not have this image.
        let elsewhere = get(&world, other, Some(&cookie), &id).await;
        assert_eq!(elsewhere.status().as_u16(), 404, "{name}");
    }
    let nobody = get(&world, world.document, None, &id).await;
    assert_eq!(nobody.status().as_u16(), 401);
    let nobody = post(&world, world.document, None, png(8, 8, 255)).await;
    assert_eq!(nobody.status().as_u16(), 401);
    let cookie = world.cookie(world.owner).await;
    for unknown in ["x", "../x", "%00", "1111"] {
        let shown = get(&world, world.document, Some(&cookie), unknown).await;
        assert_eq!(shown.status().as_u16(), 404, "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_adds_nothing() {
    let world = World::start().await;
    let cookie = world.cookie(world.owner).await;
    for origin in [None, Some("https://elsewhere.example")] {
        let mut request = Client::new()
            .post(address(&world, world.document))
            .header(COOKIE, &cookie);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        let answer = request
            .body(png(8, 8, 255))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 403, "{origin:?}");
    }
}

fn stored(seed: u8, bytes: usize) -> StoredImage {
    StoredImage {
        id: ImageId::from_hash([seed; 32]),
        media_type: MediaType::Png,
        width_px: 1,
        height_px: 1,
        bytes: vec![seed; bytes],
    }
}

async fn put(world: &World, person: PersonId, image: StoredImage) {
    let new = NewImage {
        document: world.document,
        image,
        person,
        at_ms: now_ms(),
    };
    let room = server::store::ImageRoom {
        images_max: u32::MAX,
        bytes_max: u64::MAX,
    };
    let added = world.state.store.add_image(new, room).await;
    added.expect("is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_takes_so_many_images_and_says_when_it_is_full() {
    let world = World::start().await;
    for seed in 0..199 {
        put(&world, world.owner, stored(seed, 10)).await;
    }
    let (_, kind, _) = kept(&world, png(9, 9, 255)).await;
    assert_eq!(kind, "image/png", "the two hundredth");
    let (status, answer) = sent(&world, png(8, 8, 255)).await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (409, Some("images_full"))
    );
    let (status, _) = sent(&world, png(9, 9, 255)).await;
    assert_eq!(status, 201, "one that is there already needs no room");
    let fresh = world.another_document().await;
    let cookie = world.cookie(world.owner).await;
    let elsewhere = post(&world, fresh, Some(&cookie), png(8, 8, 255)).await;
    assert_eq!(elsewhere.status().as_u16(), 201);
}

// A backup holds the images, a restored server shows them, and a check reads every one.
#[tokio::test(flavor = "multi_thread")]
async fn images_are_in_backups_and_a_check_notices_a_damaged_one() {
    let world = World::start().await;
    let (answer, _, bytes) = kept(&world, png(30, 20, 255)).await;
    let id = answer["image"].as_str().expect("an id").to_owned();
    let place = tempfile::tempdir().expect("a folder");
    let backup = place.path().join("monday");
    let (code, said) = countersign(world.folder(), &["backup", text_of(&backup)]).await;
    assert_eq!(code, 0, "{said}");
    let restored = tempfile::tempdir().expect("a folder");
    let (code, said) = countersign(restored.path(), &["restore", text_of(&backup)]).await;
    assert_eq!(code, 0, "{said}");
    let document = world.document;
    let owner = world.owner;
    let world = world.move_to(restored).await;
    let cookie = world.cookie(owner).await;
    let shown = get(&world, document, Some(&cookie), &id).await;
    assert_eq!(shown.bytes().await.expect("bytes").to_vec(), bytes);
    let (code, said) = countersign(world.folder(), &["check"]).await;
    assert_eq!(code, 0, "{said}");
    // A name that is not the hash of the bytes: a bit that flipped would look like this.
    put(&world, owner, stored(5, 10)).await;
    let (code, said) = countersign(world.folder(), &["check"]).await;
    assert_ne!(code, 0);
    assert!(said.contains("does not hold what its name says"), "{said}");
}

// SPEC: D20. What a meeting left open brings its images along.
#[tokio::test(flavor = "multi_thread")]
async fn notes_that_follow_a_meeting_have_the_images_of_what_they_go_on_with() {
    let world = World::start().await;
    let owner = crate::pages::Browser::signed_in(&world, world.owner).await;
    let make = async |previous: Option<String>| {
        let new = serde_json::json!({ "new": {
            "project": world.project.to_string(), "kind": "meeting_notes", "title": "例会",
            "language": "zh-CN", "previous": previous,
        } });
        let (status, made) = owner.call("create_document", new).await;
        assert_eq!(status.as_u16(), 200, "{made}");
        DocumentId::parse(made.as_str().expect("an id")).expect("an id")
    };
    let first = make(None).await;
    let cookie = world.cookie(world.owner).await;
    let answer = post(&world, first, Some(&cookie), png(9, 9, 255)).await;
    let answer: Value = answer.json().await.expect("JSON");
    let image = ImageId::parse(answer["image"].as_str().expect("an id")).expect("an id");
    let unused = post(&world, first, Some(&cookie), png(8, 8, 255)).await;
    assert_eq!(unused.status().as_u16(), 201);
    write_action_with(&world, first, image).await;
    let next = make(Some(first.to_string())).await;
    let ids = world.state.store.image_ids(next).await.expect("reads");
    assert_eq!(ids, [image], "that one and no other");
    let shown = get(&world, next, Some(&cookie), &image.to_string()).await;
    assert_eq!(shown.status().as_u16(), 200);
}

/// An open action whose body shows an image.
async fn write_action_with(world: &World, document: DocumentId, image: ImageId) {
    let edit = |text: &str| serde_json::from_str::<Edit>(text).expect("an edit");
    let page = world.state.rooms.page(document).await.expect("a page").0;
    let part = page.sections.last().expect("a part").head.id.clone();
    let edits = vec![
        edit(r#"{"op":"item_new","id":"a1","kind":"action","fields":{"status":"open"}}"#),
        edit(r#"{"op":"splice","text":"i/a1/title","at":0,"del":0,"runs":[{"text":"改版"}]}"#),
        edit(&format!(
            r#"{{"op":"marker","text":"s/{part}/body","at":0,"block":{{"type":"item","item":"a1"}}}}"#
        )),
        edit(&format!(
            r#"{{"op":"marker","text":"i/a1/body","at":0,"block":{{"type":"image","image":"{image}","width_px":9,"height_px":9}}}}"#
        )),
    ];
    let url = world.sync_url(&world.token(world.owner).await);
    let peer = Peer::with_document("甲", document, &url).await;
    peer.edit(&edits);
    peer.saved().await;
}
