## All emails

mail-product = My Ontario Account
mail-copy-link = If the button does not work, copy this address into your browser:
mail-help = Need help? Write to { $address }.
mail-no-reply = Replies to this email are not read.
mail-when-and-where = When and where: { $time }, { $device }
mail-unknown-browser = an unknown browser

## Links on request

mail-link-kept = The link works once, and until { $time }. We cannot send another link to this address before then. Do not forward this email to anyone.
mail-link-validity = The link works once and for 30 minutes. Do not forward this email to anyone.
mail-request-not-you = If you did not ask for this, you can ignore this email: somebody typed your address. Nothing changes unless the link is used.

## Security events

mail-dispute-caption = If it was not you
mail-dispute-button = This wasn’t me
mail-dispute-note = “This wasn’t me” signs your account out everywhere and lets you choose a new password by email. It works once and for 10 days.

## activation_links.rs

mail-activation-subject = Activate your My Ontario Account
mail-activation-text = Thank you for registering. To finish, open the link below and confirm that this is your email address.
mail-activation-button = Activate my account
mail-activation-text-several = Your email address was used to register more than once. Open the link of the registration that you made; its password becomes the password of your account.
mail-activation-registered = Registered on { $time } in { $device }
mail-activation-kept = The link works once, and until { $time }, but no later than 24 hours after you registered. We cannot send another link to this address before then. After 24 hours, register again.
mail-activation-validity = The link works once and for 30 minutes. You can ask for a new one within 24 hours of registering; after that, register again.
mail-activation-not-you = If you did not register, you can ignore this email: no account is made without the link. Do not forward this email to anyone.
mail-activation-expired-subject = Your activation link ran out: ask for another one
mail-activation-expired-text = We could not send your activation link in time, and it no longer works. We are sorry. You can ask for another one within 24 hours of registering; after that, register again.
mail-activation-expired-button = Send me another link

## already_active.rs

mail-already-active-subject = Your My Ontario Account is active and not locked
mail-already-active-text = Somebody asked for a link to activate or unlock the account of this email address. It needs neither: you can sign in with this address and your password.
mail-already-active-button = Sign in
mail-already-active-reset = If you do not remember your password, choose “Forgot password” on the sign-in page.

## unlock_first.rs

mail-unlock-first-subject = Your account is locked: unlock it first
mail-unlock-first-text = Signing in to your account failed five times in a row, so it is locked, and its password cannot be changed until it is unlocked. Open the link below and confirm. After that, sign in, or ask again to reset your password.

## unlock_link.rs

mail-unlock-subject = Unlock your My Ontario Account
mail-unlock-text = Open the link below and confirm, and you can sign in again. Your password stays the same.
mail-unlock-button = Unlock my account
mail-unlock-expired-subject = Your link to unlock your account ran out: ask for another one
mail-unlock-expired-text = We could not send your link to unlock your account in time, and it no longer works. We are sorry. Please ask for another one.
mail-unlock-expired-button = Send me another link

## reset_link.rs

mail-reset-subject = Choose a new password for your My Ontario Account
mail-reset-text = Open the link below to choose a new password. You will be signed out everywhere.
mail-reset-button = Choose a new password
mail-reset-expired-subject = Your link to choose a new password ran out: ask for another one
mail-reset-expired-text = We could not send your link to choose a new password in time, and it no longer works. We are sorry. Please ask for another one.
mail-reset-expired-button = Send me another link

## partner_removal_link.rs

mail-partner-removal-subject = Remove your sign-in partner from your My Ontario Account
mail-partner-removal-text = Open the link below and confirm, and no sign-in partner, such as your bank, signs you in to your account any more. Your email address and password still do.
mail-partner-removal-button = Remove my sign-in partner
mail-partner-removal-validity = The link works once and for 30 minutes. Do not forward this email to anyone.
mail-partner-removal-expired-subject = Your link to remove your sign-in partner ran out: ask for another one
mail-partner-removal-expired-text = We could not send your link to remove your sign-in partner in time, and it no longer works. We are sorry. Please ask for another one.
mail-partner-removal-expired-button = Send me another link

## password_first.rs

mail-password-first-text = You asked us to remove your sign-in partner. Your account has no password, and without one nobody could sign in to it: set a password first, by the link below. After that, sign in and remove the partner, or ask again.

## disputed_reset.rs, disputed_unlock.rs

mail-disputed-subject = Choose a new password: your account was made safe
mail-disputed-reset-text = You told us that it was not you. We have signed your account out everywhere, and its old password no longer works. Open the link below to choose a new one.
mail-disputed-unlock-text = You told us that it was not you. We have signed your account out everywhere, and its old password no longer works. Your account is locked: open the link below to unlock it, then choose “Forgot password” on the sign-in page.

## locked.rs

mail-locked-subject = Your My Ontario Account is locked
mail-locked-text = There were 5 failed attempts in a row to sign in to your account. To protect it, we do not accept any password from browsers in which you have never signed in. If the attempts came from a browser in which you have signed in before, we do not accept any password from any browser. To lift this, unlock your account with the link below.

## unlocked.rs

mail-unlocked-subject = Your My Ontario Account was unlocked
mail-unlocked-text = Your account was unlocked with the link we had sent to this address. Its password is still the same.

## password_reset.rs

mail-password-reset-subject = The password of your My Ontario Account was changed
mail-password-reset-text = A new password was set with the link we had sent to this address. You were signed out everywhere.

## new_device.rs

mail-new-device-subject = New sign-in to your My Ontario Account
mail-new-device-text = Somebody signed in to your account with a browser that we had not seen before. If it was you, you need do nothing.

## new_devices.rs

mail-new-devices-subject = More new sign-ins to your My Ontario Account: { $count }
mail-new-devices-text = We emailed you about 5 sign-ins to your account from browsers that we did not recognize. Further sign-ins from such browsers followed that day: { $count }. If all of them were you, you do not need to do anything. If not, choose “This wasn’t me”. The first of these further sign-ins:

## code.rs

mail-code-subject = Your one-time code for My Ontario Account
mail-code-for-service = Enter this code on the page where you asked for it, to continue to { $service }.
mail-code-for-change = Enter this code on the page where you asked for it, to make a change to your account.
mail-code-validity = You can use the code once, within 10 minutes, in the browser where you asked for it. If you ask for another code, both work until you use one of them. Do not share it with anyone. We will never ask for it by phone or email.
mail-code-expired-subject = Your one-time code ran out: ask for another one
mail-code-expired-text = We could not send your one-time code in time, and it no longer works. We are sorry. Go back to the page where you asked for it, and ask for another one.
mail-code-expired-button = Go to My Ontario Account

## address_code.rs

mail-address-code-text = Enter this code on the page where you asked for it, to make a My Ontario Account that you open with { $partner }.
mail-address-code-not-you = If you did not ask for this, you can ignore this email: somebody typed your address. No account is made without the code.

## partner_linked.rs

mail-partner-linked-subject = A sign-in partner was connected to your My Ontario Account
mail-partner-linked-text = { $partner } was connected to your account. You can sign in with it from now on; your bank does not learn which government services you use.

## partner_unlinked.rs

mail-partner-unlinked-subject = A sign-in partner was removed from your My Ontario Account
mail-partner-unlinked-text = { $partner } was removed from your account, and no longer signs you in.

## authenticator_added.rs, authenticator_removed.rs

mail-authenticator-added-subject = An authenticator app was added to your My Ontario Account
mail-authenticator-added-text = An authenticator app was added to your account. Its codes verify you when you sign in. Sign in to see its name in the list of your authenticator apps.
mail-authenticator-counts-from = It was added without a code from another authenticator app. For your security, services that require an authenticator app take it from { $time } on.
mail-authenticator-removed-subject = An authenticator app was removed from your My Ontario Account
mail-authenticator-removed-text = An authenticator app was removed from your account. Its codes no longer work. Sign in to see which authenticator apps are left.

## verification_paused.rs

mail-verification-paused-subject = Too many wrong codes for your My Ontario Account
mail-verification-paused-text = Ten one-time codes in a row were wrong. To protect your account, no code is accepted until { $time }. Whoever typed them was signed in with your password: if it was not you, choose a new one.

## service_disconnected.rs

mail-service-disconnected-subject = { $service } was disconnected from your account
mail-service-disconnected-text = This government service can no longer ask us about you. If you sign in to it again, it is connected again.

## contact.rs

mail-contact-subject = Contact us: { $topic }
mail-contact-text = Somebody wrote to us by the form “Contact us”.
mail-contact-topic = Topic: { $topic }
mail-contact-from = Sender’s address, as typed into the form: { $address }
mail-contact-not-signed-in = The sender was not signed in: nobody has checked whose address it is.
mail-contact-signed-in = The sender was signed in to the account of this address.
mail-contact-signed-in-elsewhere = The sender was signed in to the account of another address (account ID { $account }). Nobody has checked whose address this one is.
mail-contact-language = Language: English
mail-contact-country = Country: { $country }
mail-unknown-country = unknown
mail-contact-reply-nobody = Do not reply to this email. To answer, write to the sender’s address.
mail-contact-reply-sender = If you reply to this email, the answer goes to the sender’s address.
mail-contact-reply-address = If you reply to this email, the answer goes to { $address }, not to the sender.
mail-topic-signing-in = Signing in
mail-topic-registration = Registration and activation
mail-topic-emails = Emails that do not arrive
mail-topic-verification = Verifying: codes and apps
mail-topic-partner = Removing my sign-in partner
mail-topic-services = My connected services
mail-topic-accessibility = Accessibility
mail-topic-other = Something else
