//! The part of the contract about people, links, sessions and tokens.

use server::rights::Role;
use server::store::{
    LinkId, LinkPurpose, LinkRefusal, NewLink, NewSession, NewToken, Removal, SessionId, Store,
    TokenId,
};

use super::{NOW_MS, person, project};

pub(super) async fn the_last_owner_stays(store: Store) {
    let owner = person(&store, "o").await;
    let project = project(&store, owner).await;
    let second = person(&store, "s").await;
    let remove = |person| store.remove_member(project, person, NOW_MS);
    assert_eq!(remove(owner).await.expect("answers"), Removal::LastOwner);
    assert_eq!(remove(second).await.expect("answers"), Removal::NotThere);
    let set = store.set_member(project, second, Role::Owner, NOW_MS);
    set.await.expect("a second owner");
    assert_eq!(remove(owner).await.expect("answers"), Removal::Removed);
    assert_eq!(store.seat(project, owner).await.expect("reads"), None);
}

pub(super) async fn people_of_a_project_have_colours_of_their_own(store: Store) {
    let owner = person(&store, "o").await;
    let project = project(&store, owner).await;
    let mut people = vec![owner];
    for name in ["b", "c", "d", "e", "f", "g", "h", "i"] {
        let person = person(&store, name).await;
        let added = store.set_member(project, person, Role::Client, NOW_MS);
        added.await.expect("is added");
        people.push(person);
    }
    let hue = async |person| {
        let seat = store.seat(project, person).await.expect("reads");
        seat.expect("is in it").hue
    };
    let mut hues = Vec::new();
    for person in &people {
        hues.push(hue(*person).await);
    }
    assert_eq!(hues, [0, 1, 2, 3, 4, 5, 6, 7, 0]);

    // Another role keeps the colour; a colour given back is the next to be given.
    let kept = store.set_member(project, people[4], Role::Reader, NOW_MS);
    kept.await.expect("is changed");
    assert_eq!(hue(people[4]).await, 4);
    for gone in [people[5], people[8]] {
        let removed = store.remove_member(project, gone, NOW_MS).await;
        assert_eq!(removed.expect("answers"), Removal::Removed);
    }
    let late = person(&store, "j").await;
    let added = store.set_member(project, late, Role::Client, NOW_MS);
    added.await.expect("is added");
    assert_eq!(hue(late).await, 5);
}

pub(super) async fn a_link_works_as_often_as_it_may_and_says_why_not(store: Store) {
    let owner = person(&store, "o").await;
    let project = project(&store, owner).await;
    let link = |seed: u8, max_uses, expires_at_ms| NewLink {
        id: LinkId::new(),
        secret: [seed; 32],
        purpose: LinkPurpose::Login,
        person: Some(owner),
        project: Some(project),
        invited_by: None,
        mailbox: None,
        max_uses,
        at_ms: NOW_MS,
        expires_at_ms,
    };
    for new in [
        link(1, 1, NOW_MS + 10),
        link(2, 5, NOW_MS),
        link(3, 5, NOW_MS + 10),
    ] {
        store.add_link(new).await.expect("a link");
    }
    // Two at the same moment get one sign-in between them.
    let (left, right) = tokio::join!(
        store.redeem_link([1; 32], NOW_MS),
        store.redeem_link([1; 32], NOW_MS)
    );
    let outcomes = [left.expect("answers").err(), right.expect("answers").err()];
    assert!(outcomes.contains(&None) && outcomes.contains(&Some(LinkRefusal::Used)));
    let refusal = |seed: u8| {
        let store = store.clone();
        async move {
            store
                .redeem_link([seed; 32], NOW_MS)
                .await
                .expect("answers")
                .err()
        }
    };
    assert_eq!(refusal(2).await, Some(LinkRefusal::Expired));
    assert_eq!(refusal(77).await, Some(LinkRefusal::Unknown));
    assert_eq!(refusal(3).await, None);
    store
        .revoke_links(project, owner, NOW_MS)
        .await
        .expect("revoked");
    assert_eq!(refusal(3).await, Some(LinkRefusal::Revoked));
}

pub(super) async fn sessions_and_tokens_end(store: Store) {
    let owner = person(&store, "o").await;
    let (session, token) = (SessionId::new(), TokenId::new());
    let new = NewSession {
        id: session,
        secret: [1; 32],
        person: owner,
        agent: "Chrome · Windows".to_owned(),
        at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    };
    store.open_session(new).await.expect("a session");
    let new = NewToken {
        id: token,
        secret: [2; 32],
        person: owner,
        project: None,
        at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    };
    store.add_token(new).await.expect("a token");
    let live = |now_ms| {
        let store = store.clone();
        async move {
            let session = store
                .session([1; 32], now_ms)
                .await
                .expect("reads")
                .is_some();
            let token = store.token([2; 32], now_ms).await.expect("reads").is_some();
            (session, token)
        }
    };
    assert_eq!(live(NOW_MS).await, (true, true));
    assert_eq!(live(NOW_MS + 10).await, (false, false), "expired");
    store
        .extend_session(session, NOW_MS, NOW_MS + 50)
        .await
        .expect("extends");
    assert_eq!(live(NOW_MS + 10).await, (true, false));
    store
        .revoke_session(session, NOW_MS)
        .await
        .expect("revokes");
    assert!(store.revoke_token(token, NOW_MS).await.expect("revokes"));
    assert!(
        !store
            .revoke_token(TokenId::new(), NOW_MS)
            .await
            .expect("answers")
    );
    assert_eq!(live(NOW_MS).await, (false, false), "revoked");
    assert!(!store.session_is_live(session, NOW_MS).await.expect("reads"));
}
