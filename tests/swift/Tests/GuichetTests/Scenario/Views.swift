import Foundation
import GuichetCore

/// The states as the scenarios' paths name them. Every private text is shown to the witness on the way.
struct Views {
    let witness: Witness

    func of(_ state: WelcomeState) -> Json {
        if let url = state.browser?.url { _ = witness.expose(url) }
        return .object([
            "step": word(state.step),
            "title": .text(state.title),
            "message": .text(state.message),
            "action": text(state.action),
            "skip": text(state.skip),
            "notice": text(state.notice?.text.expose()),
            "busy": .flag(state.busy),
        ])
    }

    func of(_ state: LockState) -> Json {
        .object([
            "locked": .flag(state.locked),
            "title": .text(state.title),
            "message": .text(state.message),
            "biometric": text(state.biometric),
            "pin": .text(state.pin),
            "notice": text(state.notice?.text.expose()),
            "busy": .flag(state.busy),
        ])
    }

    func of(_ state: HomeState) -> Json {
        guard let content = state.content else { return .null }
        return .object([
            "title": .text(content.title),
            "greeting": text(content.greeting.map(witness.expose)),
            "recent_title": .text(content.recentTitle),
            "as_of": .text(content.asOf),
            "offline": text(content.offline),
            "progress": text(content.progress),
            "attention": text(content.attention),
            "security": content.security.map { .object(["text": .text($0.text), "action": .text($0.action)]) } ?? .null,
            "sign_in": text(content.signIn),
            "empty": text(content.empty),
            "notice": text(content.notice?.text.expose()),
            "accounts": .list(content.accounts.map(of)),
            "recent": .list(content.recent.map(of)),
        ])
    }

    func of(_ page: TransactionPage) -> Json {
        .object([
            "heading": text(page.heading?.expose()),
            "rows": .list(page.rows.map(of)),
            "older": .flag(page.older != nil),
        ])
    }

    func of(_ state: PayState) -> Json {
        guard let content = state.content else { return .null }
        var (card, draft, review) = (Json.null, Json.null, Json.null)
        switch content.card {
        case .draft(let shown): (card, draft) = (.text("draft"), of(shown))
        case .review(let shown): (card, review) = (.text("review"), of(shown))
        case nil: break
        }
        return .object([
            "title": .text(content.title),
            "busy": text(content.busy),
            "notice": text(content.notice?.text.expose()),
            "card": card,
            "draft": draft,
            "review": review,
            "frozen": text(content.frozen),
            "activity": .list(content.activity.map(of)),
        ])
    }

    func of(_ receipt: ReceiptView) -> Json {
        let parts = witness.expose(receipt.signed).split(separator: ".", omittingEmptySubsequences: false)
        return .object([
            "text": .text(witness.expose(receipt.text)),
            "signed": .flag(parts.count == 3),
        ])
    }

    func of(_ state: SecurityState) -> Json {
        guard let content = state.content else { return .null }
        return .object([
            "title": .text(content.title),
            "busy": .flag(content.busy),
            "notice": text(content.notice?.text.expose()),
            "question": content.question.map(of) ?? .null,
            "payments": of(content.payments),
            "moving": content.moving.map(of) ?? .null,
            "devices_title": .text(content.devicesTitle),
            "devices": .list(content.devices.map(of)),
            "sign_out_others": text(content.signOutOthers),
            "sign_out": .text(content.signOut),
        ])
    }

    func of(_ state: StepUpState) -> Json {
        guard let card = state.card else { return .null }
        if let url = card.browser?.url { _ = witness.expose(url) }
        return .object([
            "title": .text(card.title),
            "message": .text(card.message),
            "biometric": text(card.biometric),
            "pin": text(card.pin),
            "bank": text(card.bank),
            "cancel": .text(card.cancel),
            "busy": .flag(card.busy),
            "notice": text(card.notice?.text.expose()),
        ])
    }

    func of(_ state: LockSettingsState) -> Json {
        guard let content = state.content else { return .null }
        return .object([
            "title": .text(content.title),
            "delay_title": .text(content.delayTitle),
            "delays": .list(content.delays.map(of)),
            "biometric": .text(content.biometric),
            "is_biometric_on": .flag(content.isBiometricOn),
            "pin_title": .text(content.pinTitle),
            "old_pin": .text(content.oldPin),
            "new_pin": .text(content.newPin),
            "change_pin": .text(content.changePin),
            "busy": .flag(content.busy),
            "notice": text(content.notice?.text.expose()),
        ])
    }

    func of(_ state: ApprovalState) -> Json {
        guard let card = state.card else { return .null }
        return .object([
            "title": .text(card.title),
            "message": .text(card.message),
            "pin": .text(card.pin),
            "renew": .text(card.renew),
            "busy": .flag(card.busy),
            "notice": text(card.notice?.text.expose()),
        ])
    }

    func of(_ refusal: Refusal) -> Json {
        .object([
            "reason": word(refusal.reason),
            "field": refusal.field.map { word($0) } ?? .null,
            "text": .text(refusal.text.expose()),
        ])
    }

    private func of(_ delay: LockDelay) -> Json {
        .object([
            "after": word(delay.after),
            "label": .text(delay.label),
            "is_chosen": .flag(delay.isChosen),
        ])
    }

    private func of(_ row: AccountRow) -> Json {
        _ = witness.expose(row.spoken)
        return .object([
            "name": .text(witness.expose(row.name)),
            "number": .text(witness.expose(row.number)),
            "kind": .text(witness.label(row.kind)),
            "balance": .text(witness.expose(row.balance)),
            "available": text(row.available.map(witness.expose)),
            "can_pay": .flag(row.canPay),
        ])
    }

    private func of(_ row: TransactionRow) -> Json {
        _ = witness.expose(row.spoken)
        return .object([
            "title": .text(witness.expose(row.title)),
            "detail": .text(witness.expose(row.detail)),
            "amount": .text(witness.expose(row.amount)),
            "pending": text(row.pending),
            "incoming": .flag(row.incoming),
        ])
    }

    private func of(_ card: DraftCard) -> Json {
        .object([
            "line": .text(witness.expose(card.line)),
            "hint": text(card.hint),
            "review": .text(card.review),
            "discard": .text(card.discard),
        ])
    }

    private func of(_ card: ReviewCard) -> Json {
        .object([
            "title": .text(card.title),
            "text": .text(witness.expose(card.text)),
            "digest": .text(witness.expose(card.digest)),
            "expires": .text(card.expires),
            "approve": .text(witness.expose(card.approve)),
            "discard": .text(card.discard),
        ])
    }

    private func of(_ row: ActivityRow) -> Json {
        _ = witness.expose(row.spoken)
        return .object([
            "stage": word(row.stage),
            "title": .text(witness.expose(row.title)),
            "amount": .text(witness.expose(row.amount)),
            "status": .text(row.status),
            "has_receipt": .flag(row.hasReceipt),
        ])
    }

    private func of(_ card: QuestionCard) -> Json {
        _ = witness.expose(card.spoken)
        return .object([
            "title": .text(witness.expose(card.title)),
            "detail": text(card.detail),
            "time": .text(card.time),
            "question": .text(card.question),
            "mine": .text(card.mine),
            "not_mine": .text(card.notMine),
            "hint": .text(card.hint),
            "more": text(card.more),
        ])
    }

    private func of(_ card: PaymentsCard) -> Json {
        .object([
            "title": .text(card.title),
            "frozen": .flag(card.frozen),
            "message": .text(card.message),
            "freeze": text(card.freeze),
            "unfreeze": text(card.unfreeze),
            "busy": .flag(card.busy),
        ])
    }

    private func of(_ card: MovingCard) -> Json {
        .object([
            "title": .text(card.title),
            "message": .text(witness.expose(card.message)),
            "sign_out": text(card.signOut),
            "keep": .text(card.keep),
        ])
    }

    private func of(_ row: DeviceRow) -> Json {
        _ = witness.expose(row.spoken)
        return .object([
            "name": .text(witness.expose(row.name)),
            "platform": .text(row.platform),
            "detail": .text(row.detail),
            "trust": .text(row.trust),
            "current": .flag(row.current),
            "sign_out": text(row.signOut),
        ])
    }

    /// What `path` shows in `view`: a list counts its rows, and what is not there is null.
    static func look(_ path: String, in view: Json) throws -> Json {
        let shown = try path.split(separator: ".").reduce(view) { at, name in
            switch at {
            case .null: return .null
            case .object(let members):
                guard let member = members[String(name)] else { throw Deviation("unknown path \(path)") }
                return member
            case .list(let rows):
                guard let index = Int(name) else { throw Deviation("unknown path \(path)") }
                return rows.indices.contains(index) ? rows[index] : .null
            default: throw Deviation("unknown path \(path)")
            }
        }
        if case .list(let rows) = shown { return .number(rows.count) }
        return shown
    }
}

private func text(_ text: String?) -> Json {
    text.map(Json.text) ?? .null
}

/// The name of an enumeration's case in snake case.
func word(_ value: Any) -> Json {
    let name = String(describing: value)
    return .text(
        name.reduce(into: "") { word, letter in
            if letter.isUppercase { word.append("_") }
            word.append(letter.lowercased())
        })
}
