# Every word a customer reads, in English. Short sentences, no jargon, always a next step.

# First use and sign-in
welcome-title = Welcome
welcome-message = Sign in once at your bank. After that, this phone knows you.
welcome-begin = Sign in
welcome-browser-title = Sign in at your bank
welcome-browser-message = Your bank's own page is open. Come back here when you are done.
welcome-working = One moment
welcome-enrol-title = Protect payments
welcome-enrol-message = Your finger or face will approve every payment on this phone.
welcome-enrol-begin = Set up approval
welcome-pin-title = Choose a PIN
welcome-pin-message = Six digits or more, for when your finger or face is not recognised.
welcome-biometrics-title = Open with your finger or face
welcome-biometrics-message = You can also always use your PIN.
welcome-biometrics-begin = Use it
welcome-biometrics-skip = Not now
welcome-done-title = Ready
welcome-again-title = Please sign in again
welcome-again-message = Your bank has ended the session. Nothing on this phone is lost.
welcome-wiped-title = This phone was signed out
welcome-wiped-message = This phone was signed out from another phone, or at your bank. Everything it held here has been destroyed. If this was not you, call your bank.
welcome-signed-out-message = You have signed out. Everything this app held here has been destroyed.
welcome-too-many-pins-message = The PIN was wrong too often. Everything this app held here has been destroyed. Sign in again to continue.

# PIN rules
pin-length = A PIN has 6 to 12 digits.
pin-pattern = This PIN follows a pattern. Choose one that does not.
pin-common = Many people use this PIN. Choose another.
pin-date = This PIN looks like a date. Choose one that is not.
pin-known = Others may know this number: it is part of your birthday, phone or identity number. Choose another.
pin-not-digits = A PIN has digits only.

# Lock
lock-title = Locked
lock-message = Open with your finger or face, or with your PIN.
lock-message-pin = Enter your PIN.
lock-biometric = Use finger or face
lock-pin = Use PIN
lock-reason = Open your bank
lock-wrong-pin = { $left ->
    [one] Wrong PIN. One try is left; after that everything here is destroyed.
   *[other] Wrong PIN. { $left } tries are left.
}
lock-wait = Too many wrong PINs. Try again in { $wait }.
lock-damaged = The data on this phone was damaged and has been set aside. It will be fetched again from your bank.
lock-newer = The data on this phone was written by a newer version. Please update the app.
lock-storage = This phone could not read its storage. Free some space and try again.

# Settings of the lock
lock-settings-title = Lock and PIN
lock-settings-delay = Lock when you leave the app
lock-settings-at-once = At once
lock-settings-after = After { $time }
lock-settings-pin = Change your PIN
lock-settings-old-pin = Your PIN now
lock-settings-new-pin = Your new PIN
lock-settings-change-pin = Change
lock-settings-pin-changed = Your PIN has been changed.
lock-settings-same-pin = This is your PIN already. Choose another.

# Biometric prompts: what has happened, then what to do now
prompt-failed = { $what } { $next }
prompt-cancelled = Cancelled.
prompt-not-recognised = Not recognised.
prompt-locked-out = Your phone has paused finger and face.
prompt-no-hardware = This phone has no finger or face sensor that is strong enough.
prompt-not-enrolled = No finger or face is set up on this phone.
prompt-invalidated = Fingers or faces on this phone have changed.
prompt-platform = Your phone's security check failed.
prompt-timed-out = The security check took too long.
next-again = Try again.
next-again-or-pin = Try again, or use your PIN.
next-again-or-other-way = Try again, or choose another way.
next-begin-again = Nothing was set up. Begin again when you are ready.
next-not-paid = Nothing was paid. Approve it when you are ready.
next-code = Unlock the phone with its own code, then try again.
next-code-or-pin = Unlock the phone with its own code and try again, or use your PIN.
next-code-or-other-way = Unlock the phone with its own code and try again, or choose another way.
next-add = Add one in the phone's settings, then try again.
next-pin = Use your PIN.
next-pin-turn-on = Use your PIN, then turn it on again under Lock and PIN.
next-other-way = Choose another way.
next-other-way-renew = Choose another way now, and set up approval again afterwards.
next-renew = For your safety, set up approval again.
next-other-phone = Use another phone for this.

# Approval that has to be set up again
approval-title = Set up approval again
approval-message = Fingers or faces on this phone have changed, so payments cannot be approved. Set up approval again, with your PIN and a sign-in at your bank.
approval-renewed = Approval is set up again. You can pay.
approval-good = Approval is set up. There is nothing to do.

# Home
home-title = Home
home-greeting = Hello, { $name }
home-as-of = As of { $time }
home-as-of-never = Not fetched yet
home-offline = No network. What you see is as of { $time }.
home-syncing = Fetching your accounts
home-syncing-count = Fetching your accounts: { $count } transactions so far
home-recent = Recent
home-empty = Nothing here yet.
home-balance-spoken = { $name }, balance { $amount }
home-available = Available { $amount }
home-attention-unknown = { $count ->
    [one] One payment is not confirmed yet. Do not pay it again.
   *[other] { $count } payments are not confirmed yet. Do not pay them again.
}
home-security-frozen = Your payments are stopped.
home-security-notices = { $count ->
    [one] Something happened that this phone did not do. Please look at it.
   *[other] { $count } things happened that this phone did not do. Please look at them.
}
home-security-moving = Is this your new phone? You can sign the old one out.
home-security-open = Open Security
sentence-gap = { " " }

# Accounts and transactions
account-kind-current = Current account
account-kind-savings = Savings
account-kind-card = Card
account-kind-foreign = Foreign currency
account-kind-other = Account
transaction-pending = Pending
transaction-spoken = { $name }, { $amount }, { $date }
transaction-spoken-pending = { $name }, { $amount }, pending since { $date }
search-nothing = Nothing found for “{ $query }”.
search-found = Newest first

category-income = Income
category-housing = Housing
category-food = Food
category-transport = Transport
category-shopping = Shopping
category-leisure = Leisure
category-health = Health
category-education = Education
category-bills = Bills
category-transfers = Transfers
category-fees = Fees
category-other = Other

# Pay
pay-title = Pay
pay-draft-saved = Saved. Check it when you are ready.
pay-draft-offline = Saved on this phone. You can check and approve it when the network is back.
pay-draft-frozen = Saved on this phone. You can send it once payments are allowed again.
pay-frozen = Your payments are stopped. You can write a payment and keep it here. To send it, allow payments again under Security.
pay-draft-line = { $amount } to { $name }
pay-draft-line-kind = { $name }: { $amount }
pay-review = Check and approve
pay-review-title = Is this right?
pay-review-expires = Approve before { $time }
pay-approve = Approve { $amount }
pay-approve-kind = Approve
pay-discard = Do not pay
pay-approve-reason = Approve the payment on the screen
pay-approve-key-reason = Set up approval for payments
pay-preparing = Asking your bank
pay-waiting = Waiting for your finger or face
pay-sending = Sending to your bank

stage-draft = Draft
stage-review = Waiting for your approval
stage-sending = On its way
stage-unknown = Not confirmed yet. We are asking your bank. Do not pay again.
stage-confirmed = Paid on { $time }
stage-rejected = Not paid. { $reason }
stage-not-sent = Not sent. Nothing was paid.
activity-spoken = { $amount } to { $name }. { $status }
activity-spoken-kind = { $name }, { $amount }. { $status }
activity-spoken-plain = { $name }. { $status }

kind-transfer = Transfer
kind-own-transfer = Between your accounts
kind-interbank-transfer = Transfer to another bank
kind-standing-order = Standing order
kind-standing-order-change = Change of a standing order
kind-standing-order-skip = Skipped payment
kind-standing-order-cancel = End of a standing order
kind-cancellation = Cancelled payment
kind-bill-payment = Bill
kind-merchant-payment = Payment in a shop
kind-request-payment = Payment you were asked for
kind-code-mandate = Payment codes
kind-code-mandate-end = End of payment codes
kind-cross-border-transfer = Transfer abroad

reason-approval-invalid = The bank could not verify the approval from this phone.
reason-wrong-device = The bank did not expect this payment from this phone.
reason-expired = It was not received in time.
reason-challenge-invalid = The request was no longer valid. Make it again.
reason-payments-frozen = Your payments are stopped. Allow them again under Security, then make it anew.
reason-display-mismatch = The words shown and the payment did not match.
reason-kind-unsupported = Your bank does not offer this kind of payment.
reason-terms-invalid = Something in the payment is not allowed.
reason-account-not-payable = Payments from this account are not possible.
reason-currency-mismatch = The account is in another currency.
reason-payee-unknown = There is no such account.
reason-payee-name-mismatch = The name does not match the account.
reason-same-account = Both accounts are the same.
reason-limit-exceeded = It is over your limit.
reason-insufficient-funds = There is not enough money in the account.
reason-other = The bank refused it. Please call your bank.

# What is wrong with a form
refusal-amount-empty = Enter an amount.
refusal-amount-not-a-number = Enter the amount in digits, like 12.50.
refusal-amount-too-precise = { $digits ->
    [0] This currency has whole amounts only.
   *[other] This currency has { $digits } digits after the point.
}
refusal-amount-negative = The amount must be more than zero.
refusal-amount-zero = The amount must be more than zero.
refusal-amount-too-large = The amount is too large.
refusal-amount-over-limit = The most you can pay at once is { $amount }.
refusal-name-empty = Enter the name of the person or firm you pay.
refusal-name-too-long = The name is too long: { $max } characters at most.
refusal-name-deceptive = The name holds hidden characters that could deceive you. Type it yourself instead of pasting it.
refusal-note-too-long = The message is too long: { $max } characters at most.
refusal-note-deceptive = The message holds hidden characters. Type it yourself instead of pasting it.
refusal-account-length = An account number has 8 to 34 digits and letters.
refusal-account-character = An account number has digits and the letters A to Z only.
refusal-from-unknown = Choose the account to pay from.
refusal-from-not-payable = Payments from this account are not possible.
refusal-same-account = Choose another account: both are the same.
refusal-insufficient-funds = There is not enough money in this account.
refusal-locked = Unlock first.
refusal-changed = This is no longer what you saw. Please check it again.
refusal-expired = This took too long. Please check the payment again.
refusal-obscured = Something covers the screen. Close it and try again.
refusal-frozen = Your payments are stopped. Allow them again under Security first.
refusal-not-found = This payment is no longer here.
refusal-busy = One moment: something is already under way.

# Showing the bank that it is you
step-up-title = Is it you?
step-up-message = Your bank wants to be sure before it goes on.
step-up-bank = Sign in at your bank
step-up-cancel = Not now
step-up-reason = Show your bank that it is you
step-up-proof-refused = Your bank did not accept this. Try once more.
step-up-over = Your bank no longer asks for this.
step-up-cancelled = You did not confirm that it is you. Nothing was done.
step-up-refused = Your bank asks for a confirmation that this phone cannot give. Nothing was done. Update the app, or call your bank.

# Security centre
security-title = Security
security-payments-title = Payments
security-payments-open = If something is wrong, stop payments first. Then nobody can pay from any of your phones. You can allow them again later.
security-payments-frozen = Payments are stopped. Nobody can pay from any of your phones. Money that comes in still arrives.
security-payments-frozen-since = Payments are stopped since { $time }. Nobody can pay from any of your phones. Money that comes in still arrives.
security-freeze = Stop all payments
security-unfreeze = Allow payments again
security-now-frozen = Payments are stopped on all your phones.
security-not-frozen = Your payments are not stopped yet. { $why } You can also call your bank.
security-now-open = Payments are allowed again.
security-devices-title = Your phones
security-this-phone = This phone
security-last-used = Last used { $time }
security-unnamed = A phone without a name
security-sign-out-device = Sign out
security-sign-out-others = Sign out all other phones
security-sign-out = Sign out and erase
security-device-signed-out = The phone is signed out. What the app holds on it is erased as soon as it is online.
security-others-signed-out = { $count ->
    [0] No other phone was signed in.
    [one] One phone is signed out. What the app holds on it is erased as soon as it is online.
   *[other] { $count } phones are signed out. What the app holds on them is erased as soon as they are online.
}
security-frozen-and-signed-out = Payments are stopped, and that phone is signed out. Please call your bank.
security-frozen-call-bank = Payments are stopped. Please call your bank now: somebody may know your password.
security-frozen-still-there = Payments are stopped. That phone is not signed out yet. Try again, or call your bank.
platform-android = Android phone
platform-ios = iPhone
platform-other = Other device
trust-software = Not protected by the phone's hardware
trust-tee = Protected by the phone's hardware
trust-security-chip = Protected by a security chip
trust-other = Protection unknown

# What happened that this phone did not do
happened-device-enrolled = A phone was added to your account: { $name }
happened-device-revoked = A phone was signed out: { $name }
happened-approval-renewed = Approval of payments was set up anew on { $name }
happened-frozen-on = Payments were stopped from { $name }
happened-frozen-at-bank = Payments were stopped at your bank.
happened-unfrozen-on = Payments were allowed again from { $name }
happened-unfrozen-at-bank = Payments were allowed again at your bank.
happened-signed-in-on = Somebody signed in again on { $name }
happened-signed-in-at-bank = Somebody signed in at your bank with your password.
happened-other-on = Something changed in the security of your account, on { $name }
happened-other = Something changed in the security of your account.
question-ask = Was this you?
question-mine = Yes, this was me
question-not-mine = No, this was not me
question-hint = If it was not you, payments are stopped at once.
question-more = { $count ->
    [one] One more after this.
   *[other] { $count } more after this.
}

# A new phone
moving-title = Is this your new phone?
moving-message = { $name } is still signed in. If you no longer use it, sign it out: what the app holds on it is erased.
moving-message-several = { $count } other phones are still signed in. Sign out below those you no longer use.
moving-sign-out = Sign the old phone out
moving-keep = Keep them all

# Network and bank trouble
trouble-offline = No network. Try again when you are connected.
trouble-not-the-bank = This network is not letting you reach your bank safely. Do not enter anything. Try another network.
trouble-clock = The clock of this phone is wrong, so nothing was sent. Switch on automatic date and time in its settings, then try again.
trouble-unanswered = The bank did not answer. Try again in a moment.
trouble-busy = The bank is busy. Try again in a moment.
trouble-unreadable = The bank's answer could not be understood. Nothing was changed. If it happens again, update the app.
trouble-signed-out = Your session has ended. Please sign in again.
trouble-sign-in-cancelled = You did not finish signing in. Nothing was changed.
trouble-sign-in-refused = The sign-in was not accepted. Please start again.
trouble-wrong-return = The page that opened this app did not belong to your sign-in. Please start again.
trouble-other-customer = This phone belongs to another customer's sign-in. Sign out here first.
trouble-attestation = Your bank could not confirm that this phone is safe for payments. Update the phone and the app, then try again. If it happens again, ask your bank.
trouble-other-key = Your bank knows this phone with another key. Sign out and set it up again.
trouble-phone = This phone could not do it. Restart it and try again.
trouble-update = This app may be too old for your bank. Please update it.
try-again = Try again

# Time spans
span-seconds = { $count ->
    [one] one second
   *[other] { $count } seconds
}
span-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
