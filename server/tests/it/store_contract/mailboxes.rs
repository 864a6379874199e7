//! What every backend promises about mailboxes, codes, passwords and mail.

use server::rights::Role;
use server::store::{
    CodeTried, Handed, LinkId, LinkPurpose, LinkRefusal, MailId, MailState, NewCode, NewLink,
    NewMail, NewSession, PersonId, ProjectId, SessionId, Store,
};

use super::{NOW_MS, person};
use crate::store_rows::project;

fn code(ticket: u8, address: &str, person: Option<PersonId>) -> NewCode {
    NewCode {
        ticket: [ticket; 32],
        address: address.to_owned(),
        person,
        code: [100; 32],
        tries: 3,
        at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    }
}

async fn tried(store: &Store, ticket: u8, code: u8) -> CodeTried {
    let tried = store.try_code([ticket; 32], [code; 32], NOW_MS);
    tried.await.expect("answers")
}

async fn take(store: &Store, ticket: u8, address: &str, whose: PersonId) -> CodeTried {
    let new = code(ticket, address, Some(whose));
    store.add_code(new).await.expect("a code");
    tried(store, ticket, 100).await
}

fn is(person: PersonId) -> CodeTried {
    CodeTried::Is {
        person,
        project: None,
    }
}

async fn invite(store: &Store, seed: u8, to: (PersonId, ProjectId), mailbox: Option<&str>) {
    let link = NewLink {
        id: LinkId::new(),
        secret: [seed; 32],
        purpose: LinkPurpose::Invitation,
        person: Some(to.0),
        project: Some(to.1),
        invited_by: None,
        mailbox: mailbox.map(str::to_owned),
        max_uses: 5,
        at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    };
    store.add_link(link).await.expect("a link");
}

async fn signed_in(store: &Store, seed: u8, person: PersonId) -> SessionId {
    let id = SessionId::new();
    let session = NewSession {
        id,
        secret: [seed; 32],
        person,
        agent: String::new(),
        at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 10,
    };
    store.open_session(session).await.expect("a session");
    id
}

pub(super) async fn a_mailbox_is_one_persons(store: Store) {
    let (li, wang) = (person(&store, "li").await, person(&store, "wang").await);
    assert_eq!(take(&store, 1, "li@example.com", li).await, is(li));
    assert_eq!(
        take(&store, 2, "li@example.com", wang).await,
        CodeTried::Taken
    );
    let found = store.mailbox(li).await.expect("answers");
    assert_eq!(found.as_deref(), Some("li@example.com"));
    assert_eq!(store.mailbox(wang).await.expect("answers"), None);
    // Another one in its place; the first is free then.
    assert_eq!(take(&store, 3, "na@example.com", li).await, is(li));
    assert_eq!(take(&store, 4, "li@example.com", wang).await, is(wang));
    let whose = store.person_of_mailbox("li@example.com").await;
    assert_eq!(whose.expect("answers"), Some(wang));

    let hash = store.password(li).await.expect("answers");
    assert_eq!(hash, None);
    for hash in [Some("$one".to_owned()), Some("$two".to_owned()), None] {
        let kept = store.keep_password(li, hash.clone(), NOW_MS).await;
        kept.expect("is kept");
        assert_eq!(store.password(li).await.expect("answers"), hash);
        assert_eq!(store.password(wang).await.expect("answers"), None);
    }
}

pub(super) async fn a_code_works_once_and_so_often(store: Store) {
    let owner = person(&store, "o").await;
    let li = person(&store, "li").await;
    let project = project(&store, owner).await;
    let member = store.set_member(project, li, Role::Client, NOW_MS);
    member.await.expect("a member");
    invite(&store, 50, (li, project), None).await;
    invite(&store, 51, (li, project), Some("li@example.com")).await;
    let before = signed_in(&store, 60, li).await;
    let leads = async |address: &str| {
        let leads = store.mailbox_leads_in(address, NOW_MS).await;
        leads.expect("answers")
    };
    assert!(leads("li@example.com").await);
    assert!(!leads("nobody@example.com").await);

    // Whoever was invited there reads it: from then on no link that others have seen lets anybody in.
    store
        .add_code(code(1, "li@example.com", None))
        .await
        .expect("a code");
    assert_eq!(
        tried(&store, 1, 7).await,
        CodeTried::Wrong { tries_left: 2 }
    );
    let by_invitation = CodeTried::Is {
        person: li,
        project: Some(project),
    };
    assert_eq!(tried(&store, 1, 100).await, by_invitation);
    assert_eq!(tried(&store, 1, 100).await, CodeTried::Over, "it was used");
    let shown = store.redeem_link([50; 32], NOW_MS).await.expect("answers");
    assert_eq!(shown.err(), Some(LinkRefusal::Revoked));
    let mailed = store.redeem_link([51; 32], NOW_MS).await.expect("answers");
    assert!(mailed.is_ok());
    let live = store.session_is_live(before, NOW_MS).await;
    assert!(!live.expect("answers"), "somebody else may have opened it");

    // Known from now on, and no session ends for coming in again.
    let after = signed_in(&store, 61, li).await;
    store
        .add_code(code(2, "li@example.com", None))
        .await
        .expect("a code");
    assert_eq!(tried(&store, 2, 100).await, is(li));
    let live = store.session_is_live(after, NOW_MS).await;
    assert!(live.expect("answers"));

    for (ticket, address) in [(3, "li@example.com"), (4, "nobody@example.com")] {
        let asked = store.add_code(code(ticket, address, None)).await;
        asked.expect("a code");
        for left in [2, 1, 0] {
            let wrong = CodeTried::Wrong { tries_left: left };
            assert_eq!(tried(&store, ticket, 7).await, wrong);
        }
        assert_eq!(tried(&store, ticket, 100).await, CodeTried::Over);
    }
    store
        .add_code(code(5, "nobody@example.com", None))
        .await
        .expect("a code");
    let guessed = CodeTried::Wrong { tries_left: 2 };
    assert_eq!(tried(&store, 5, 100).await, guessed, "nobody was sent it");
    let late = store.try_code([5; 32], [100; 32], NOW_MS + 10).await;
    assert_eq!(late.expect("answers"), CodeTried::Over);
    assert_eq!(tried(&store, 99, 100).await, CodeTried::Over);
}

fn mail(recipient: &str, at_ms: i64) -> NewMail {
    NewMail {
        id: MailId::new(),
        recipient: recipient.to_owned(),
        subject: "验证码".to_owned(),
        plain: "012345".to_owned(),
        html: "<p>012345</p>".to_owned(),
        at_ms,
    }
}

pub(super) async fn mail_waits_is_sent_and_is_given_up(store: Store) {
    let (first, second) = (
        mail("a@example.com", NOW_MS),
        mail("b@example.com", NOW_MS + 5),
    );
    for mail in [&first, &second] {
        store.add_mail(mail.clone(), 0).await.expect("is taken");
    }
    let due = async |now_ms| {
        let due = store.mail_due(now_ms, 10).await.expect("answers");
        due.into_iter().map(|row| row.mail).collect::<Vec<_>>()
    };
    assert_eq!(due(NOW_MS).await, std::slice::from_ref(&first));
    assert_eq!(due(NOW_MS + 5).await, [first.clone(), second.clone()]);

    let refused = |next_try_at_ms| Handed::Failed {
        failure: "451".to_owned(),
        next_try_at_ms,
    };
    let sent = Handed::Sent { at_ms: NOW_MS + 1 };
    let handed = store.mail_handed(first.id, sent).await;
    handed.expect("is written down");
    let handed = store
        .mail_handed(second.id, refused(Some(NOW_MS + 9)))
        .await;
    handed.expect("is written down");
    assert!(due(NOW_MS + 8).await.is_empty());
    assert_eq!(due(NOW_MS + 9).await, std::slice::from_ref(&second));
    let handed = store.mail_handed(second.id, refused(None)).await;
    handed.expect("is written down");
    assert!(due(i64::MAX).await.is_empty());

    let rows = store.latest_mail(10).await.expect("answers");
    let states: Vec<_> = rows.iter().map(|row| (row.state, row.tries)).collect();
    let was_sent = MailState::Sent { at_ms: NOW_MS + 1 };
    assert_eq!(states, [(MailState::GivenUp, 2), (was_sent, 1)]);
    assert_eq!(rows[0].failure, "451");
    assert_eq!(rows[0].mail.plain, "012345");
    assert_eq!(
        (rows[1].mail.plain.as_str(), rows[1].mail.html.as_str()),
        ("", "")
    );

    // What is too old goes with the next one that comes.
    let third = mail("c@example.com", NOW_MS + 20);
    let added = store.add_mail(third, NOW_MS + 5).await;
    added.expect("is taken");
    let rows = store.latest_mail(10).await.expect("answers");
    let recipients: Vec<_> = rows.iter().map(|row| row.mail.recipient.as_str()).collect();
    assert_eq!(recipients, ["c@example.com", "b@example.com"]);
}
