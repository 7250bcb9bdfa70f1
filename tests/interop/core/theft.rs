use guichet_foundation::locale::Locale;
use guichet_foundation::ports::Slot;
use guichet_session::{
    BankCalls as _, Call, CallFailure, NotSent, Session, SignInRefusal, Standing,
};
use url::Url;

use crate::support::{
    Server, TestPhone, form_member, proof_by_a_stranger, set_form_member, set_header, sign_in,
};

const TOKEN: &str = "/token";
const ACCOUNTS: &str = "/v1/accounts";

async fn call(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get(ACCOUNTS)).await.map(|reply| reply.status)
}

fn parameter(redirect: &str, name: &str) -> String {
    let url = Url::parse(redirect).unwrap();
    let mut pairs = url.query_pairs();
    pairs.find(|(found, _)| found == name).unwrap().1.into_owned()
}

/// A code that was meant for another installation is put into this one's answer.
#[tokio::test]
async fn a_code_of_another_client_is_worth_nothing() {
    let server = Server::start().await;
    let (victim, thief) = (TestPhone::for_bank(&server), TestPhone::for_bank(&server));
    let (victims, thiefs) = (victim.open(), thief.open());
    let victims_url = victims.begin_sign_in(Locale::En).await.unwrap();
    let stolen = server.allowed(&victims_url).await;
    let url = thiefs.begin_sign_in(Locale::En).await.unwrap();
    let own = server.allowed(&url).await;
    let injected = own.replace(&parameter(&own, "code"), &parameter(&stolen, "code"));
    assert_eq!(thiefs.finish_sign_in(&injected).await, Err(SignInRefusal::RefusedByBank));
    assert_eq!(thiefs.standing(), Standing::Registered);
    assert_eq!(victims.finish_sign_in(&stolen).await, Ok(()), "the code is still the victim's");
}

/// A code of the same client but another sign-in: PKCE ties it to the other one.
#[tokio::test]
async fn a_code_of_another_sign_in_is_worth_nothing() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).open();
    let first = session.begin_sign_in(Locale::En).await.unwrap();
    let first = server.allowed(&first).await;
    let second = session.begin_sign_in(Locale::En).await.unwrap();
    let second = server.allowed(&second).await;
    let injected = second.replace(&parameter(&second, "code"), &parameter(&first, "code"));
    assert_eq!(session.finish_sign_in(&injected).await, Err(SignInRefusal::RefusedByBank));
    assert_eq!(session.standing(), Standing::Registered);
}

/// RFC 6749 section 4.1.2: the second use of a code ends what the first began, and the phone understands that.
#[tokio::test]
async fn a_code_used_twice_ends_the_session_it_began() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let redirect = server.allowed(&url).await;
    let verifier = phone.taps.overhear(TOKEN, |request| form_member(request, "code_verifier"));
    session.finish_sign_in(&redirect).await.unwrap();
    assert_eq!(session.finish_sign_in(&redirect).await, Err(SignInRefusal::NothingPending));
    assert_eq!(call(&session).await, Ok(200), "the phone itself uses no code twice");

    let code = parameter(&redirect, "code");
    phone.taps.alter(TOKEN, 1, move |request| {
        set_form_member(request, "code", &code);
        set_form_member(request, "code_verifier", &verifier.lock().unwrap());
    });
    assert_eq!(sign_in(&session, &server).await, Err(SignInRefusal::RefusedByBank));
    phone.clock.advance(400);
    assert_eq!(call(&session).await, Err(CallFailure::SignedOut));
    assert_eq!(session.standing(), Standing::Registered);
}

/// Refresh tokens are bound to the client that authenticates: another installation gets nothing for one.
#[tokio::test]
async fn a_stolen_refresh_token_is_worth_nothing_to_another_client() {
    let server = Server::start().await;
    let (victim, thief) = (TestPhone::for_bank(&server), TestPhone::for_bank(&server));
    let victims = victim.signed_in(&server).await;
    let thiefs = thief.signed_in(&server).await;
    let stolen = victim.kept(Slot::Tokens)["refresh"].as_str().unwrap().to_owned();
    thief.taps.alter(TOKEN, 1, move |request| set_form_member(request, "refresh_token", &stolen));
    thief.clock.advance(400);
    assert_eq!(call(&thiefs).await, Err(CallFailure::SignedOut));
    victim.clock.advance(400);
    assert_eq!(call(&victims).await, Ok(200));
}

/// RFC 9449 section 7.1: the token is bound to the victim's key, and the thief proves their own.
#[tokio::test]
async fn a_stolen_access_token_is_worth_nothing_to_another_key() {
    let server = Server::start().await;
    let (victim, thief) = (TestPhone::for_bank(&server), TestPhone::for_bank(&server));
    let victims = victim.signed_in(&server).await;
    let thiefs = thief.signed_in(&server).await;
    assert_eq!(call(&thiefs).await, Ok(200));
    let stolen = victim.kept(Slot::Tokens)["access"].as_str().unwrap().to_owned();
    thief.taps.alter(ACCOUNTS, 3, move |request| {
        set_header(request, "authorization", format!("DPoP {stolen}"));
        proof_by_a_stranger(request);
    });
    assert_eq!(call(&thiefs).await, Err(NotSent::Refused.into()));
    assert_eq!(call(&victims).await, Ok(200));
}

/// Whoever has the whole phone, keys included, can use what it holds until it signs out; then nothing of it is worth anything.
#[tokio::test]
async fn signing_out_ends_the_tokens_at_the_server() {
    for rotate in [false, true] {
        let server = Server::start().await;
        if rotate {
            server.rotate_refresh_tokens().await;
        }
        let phone = TestPhone::for_bank(&server);
        let session = phone.signed_in(&server).await;
        let copies = [phone.stolen(), phone.stolen()];
        // The access token ends by itself; what counts is whether another can be had.
        server.move_clock(400).await;
        // Using a copy of a rotated token would end the family by itself.
        if !rotate {
            assert_eq!(call(&copies[0].open()).await, Ok(200), "the twin: a copy works before");
        }
        session.sign_out().await.unwrap();
        // An installation that never enrolled has its whole registration deleted (RFC 7592 section 2.3).
        assert_eq!(server.deregistrations().await, 1);
        assert_eq!(call(&copies[1].open()).await, Err(NotSent::Refused.into()));
    }
}
