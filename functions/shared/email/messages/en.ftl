## All emails

mail-product = My Ontario Account
mail-copy-link = If the button does not work, copy this address into your browser:
mail-help = Need help? Write to { $address }.
mail-no-reply = We do not read replies to this email.
mail-when-and-where = When: { $time }. Browser: { $device }
mail-unknown-browser = an unknown browser

## Links on request

mail-link-kept = You can use the link once, until { $time }. We cannot send another link to this address before then. Do not forward this email to anyone.
mail-link-validity = You can use the link once, within 30 minutes. Do not forward this email to anyone.
mail-request-not-you = If you did not ask for this, you can ignore this email: someone may have entered your email address by mistake. Nothing will change unless the link is used.

## Security events

mail-dispute-caption = If this wasn’t you
mail-dispute-button = This wasn’t me
mail-dispute-note = “This wasn’t me” signs your account out on all devices and emails you so that you can choose a new password. You can use it once, within 10 days.

## activation_links.rs

mail-activation-subject = Activate your My Ontario Account
mail-activation-text = Thank you for registering. To finish, open the link below and confirm that this is your email address.
mail-activation-button = Activate my account
mail-activation-text-several = Your email address was used to register more than once. Open the link for the registration you made. The password you chose then will be your account password.
mail-activation-registered = Registered on { $time } using { $device }
mail-activation-kept = You can use the link once, until { $time }, but no later than 24 hours after you registered. We cannot send another link to this address before then. After 24 hours, register again.
mail-activation-validity = You can use the link once, within 30 minutes. You can ask for a new one within 24 hours of registering. After that, register again.
mail-activation-not-you = If you did not register, you can ignore this email: no account will be created unless the link is used. Do not forward this email to anyone.
mail-activation-expired-subject = Your activation link has expired: ask for a new one
mail-activation-expired-text = We could not send your activation link in time, and it no longer works. We are sorry. You can ask for a new one within 24 hours of registering. After that, register again.
mail-activation-expired-button = Send me a new link

## already_active.rs

mail-already-active-subject = You can sign in to your My Ontario Account
mail-already-active-text = Someone asked for a link to activate or unlock the account with this email address. You do not need one. Your account is active and is not locked. You can sign in with this address and your password.
mail-already-active-button = Sign in
mail-already-active-reset = If you do not remember your password, choose “Forgot password” on the sign-in page.

## unlock_first.rs

mail-unlock-first-subject = Your account is locked: unlock it first
mail-unlock-first-text = Your account is locked because of 5 failed sign-in attempts in a row. You need to unlock it before you can change your password. Open the link below and confirm. After that, sign in, or ask again to reset your password.

## unlock_link.rs

mail-unlock-subject = Unlock your My Ontario Account
mail-unlock-text = Open the link below and confirm to unlock your account. You can then sign in again. Your password will not change.
mail-unlock-button = Unlock my account
mail-unlock-expired-subject = Your link to unlock your account has expired: ask for a new one
mail-unlock-expired-text = We could not send your link to unlock your account in time, and it no longer works. We are sorry. Please ask for a new one.
mail-unlock-expired-button = Send me a new link

## reset_link.rs

mail-reset-subject = Choose a new password for your My Ontario Account
mail-reset-text = Open the link below to choose a new password. We will sign you out on all devices.
mail-reset-button = Choose a new password
mail-reset-expired-subject = Your link to choose a new password has expired: ask for a new one
mail-reset-expired-text = We could not send your link to choose a new password in time, and it no longer works. We are sorry. Please ask for a new one.
mail-reset-expired-button = Send me a new link

## partner_removal_link.rs

mail-partner-removal-subject = Remove your sign-in partner from your My Ontario Account
mail-partner-removal-text = Open the link below and confirm to remove all sign-in partners, such as your bank, from your account. You will still be able to sign in with your email address and password.
mail-partner-removal-button = Remove my sign-in partner
mail-partner-removal-validity = You can use the link once, within 30 minutes. Do not forward this email to anyone.
mail-partner-removal-expired-subject = Your link to remove your sign-in partner has expired: ask for a new one
mail-partner-removal-expired-text = We could not send your link to remove your sign-in partner in time, and it no longer works. We are sorry. Please ask for a new one.
mail-partner-removal-expired-button = Send me a new link

## password_first.rs

mail-password-first-text = You asked us to remove your sign-in partner. Your account has no password, so without your sign-in partner you could not sign in. Use the link below to set a password first. After that, sign in and remove the sign-in partner, or ask again.

## disputed_reset.rs, disputed_unlock.rs

mail-disputed-subject = Your account is secured: choose a new password
mail-disputed-reset-text = You told us that it was not you. We have signed your account out on all devices and cancelled its password. Open the link below to choose a new one.
mail-disputed-unlock-text = You told us that it was not you. We have signed your account out on all devices and cancelled its password. Your account is locked. Open the link below to unlock it, then choose “Forgot password” on the sign-in page.

## locked.rs

mail-locked-subject = Your My Ontario Account is locked
mail-locked-text = There were 5 failed attempts in a row to sign in to your account. To protect it, we are not accepting any password from browsers in which you have never signed in. If the attempts came from a browser in which you have signed in before, we are not accepting any password from any browser. To sign in with your password again, unlock your account with the link below.

## unlocked.rs

mail-unlocked-subject = Your My Ontario Account was unlocked
mail-unlocked-text = Your account was unlocked using the link we sent to this address. Its password has not changed.

## password_reset.rs

mail-password-reset-subject = The password of your My Ontario Account was changed
mail-password-reset-text = The password was changed using the link we sent to this address. We signed you out on all devices.

## new_device.rs

mail-new-device-subject = New sign-in to your My Ontario Account
mail-new-device-text = Someone signed in to your account from a browser we do not recognize. If it was you, you do not need to do anything.

## new_devices.rs

mail-new-devices-subject = More new sign-ins to your My Ontario Account: { $count }
mail-new-devices-text = We emailed you about 5 sign-ins to your account from browsers that we do not recognize. There were more sign-ins from such browsers that day: { $count }. If all of them were you, you do not need to do anything. If not, choose “This wasn’t me”. The first of these sign-ins:

## code.rs

mail-code-subject = Your one-time code for My Ontario Account
mail-code-for-service = Enter this code on the page where you asked for it, to continue to { $service }.
mail-code-for-change = Enter this code on the page where you asked for it, to confirm it’s you.
mail-code-validity = You can use the code once, within 10 minutes, in the browser where you asked for it. If you ask for another code, both work until you use one of them. Do not share it with anyone. We will never ask for it by phone or email.
mail-code-expired-subject = Your one-time code has expired: ask for a new one
mail-code-expired-text = We could not send your one-time code in time, and it no longer works. We are sorry. Go back to the page where you asked for it, and ask for a new one.
mail-code-expired-button = Go to My Ontario Account

## address_code.rs

mail-address-code-text = Enter this code on the page where you asked for it, to create a My Ontario Account that you will sign in to with { $partner }.
mail-address-code-not-you = If you did not ask for this, you can ignore this email: someone may have entered your email address by mistake. No account will be created unless the code is used.

## partner_linked.rs

mail-partner-linked-subject = A sign-in partner was connected to your My Ontario Account
mail-partner-linked-text = { $partner } was connected to your account. You can now use it to sign in. Your sign-in partner will not know which government services you use.

## partner_unlinked.rs

mail-partner-unlinked-subject = A sign-in partner was removed from your My Ontario Account
mail-partner-unlinked-text = { $partner } was removed from your account. You can no longer use it to sign in.

## authenticator_added.rs, authenticator_removed.rs

mail-authenticator-added-subject = An authenticator app was added to your My Ontario Account
mail-authenticator-added-text = An authenticator app was added to your account. You can now use its codes when you sign in. Sign in to see its name in the list of your authenticator apps.
mail-authenticator-counts-from = It was added without a code from another authenticator app. For your security, services that require an app will accept it starting { $time }.
mail-authenticator-removed-subject = An authenticator app was removed from your My Ontario Account
mail-authenticator-removed-text = An authenticator app was removed from your account. Its codes no longer work. Sign in to see which authenticator apps are left.

## verification_paused.rs

mail-verification-paused-subject = Too many incorrect codes for your My Ontario Account
mail-verification-paused-text = Ten incorrect one-time codes were entered in a row. To protect your account, we will not accept codes until { $time }. The person who entered them was already signed in to your account. If it was not you, choose “This wasn’t me”.

## service_disconnected.rs

mail-service-disconnected-subject = { $service } was disconnected from your account
mail-service-disconnected-text = This government service can no longer get information from your account. If you sign in to it again, it will be reconnected.

## email_change_link.rs

mail-email-change-subject = Confirm your new email address for My Ontario Account
mail-email-change-text = Someone asked to use this email address for their My Ontario Account. If it was you, open the link below and confirm. You may have to sign in first, with the email address and password that you use now. After that, you will sign in with this address.
mail-email-change-button = Confirm my new address
mail-email-change-expired-subject = Your link to confirm your new email address expired: ask for another one
mail-email-change-expired-text = We could not send your link to confirm your new email address in time, and it no longer works. We are sorry. Please ask for another one.
mail-email-change-expired-button = Change my email address

## email_unavailable.rs

mail-email-unavailable-subject = Another My Ontario Account cannot use this email address
mail-email-unavailable-text = Someone asked to use this email address for their My Ontario Account. That is not possible: an account uses this address, or used it within the last 10 days. Nothing has changed.
mail-email-unavailable-next = If it was you, you may already have an account with this address. Try to sign in to it.
mail-email-unavailable-not-you = If it was not you, you can ignore this email: someone entered your address.

## email_changed.rs

mail-email-changed-subject = The email address of your My Ontario Account was changed
mail-email-changed-text = Your account has a new email address, and you can no longer sign in with this one.
mail-email-changed-undo = For 10 days, no other account can use this address, and “This wasn’t me” brings your account back to it.

## email_confirmed.rs

mail-email-confirmed-subject = This is now the email address of your My Ontario Account
mail-email-confirmed-text = From now on, sign in with this email address. Your password stays the same. We send all emails about your account to this address.
mail-email-confirmed-app = If you use an authenticator app, it keeps working. Its entry still shows your previous address. You can rename the entry in the app.
mail-email-confirmed-undo = We told your previous address about this change. It can undo the change for 10 days.

## email_change_undone.rs

mail-email-undone-subject = This is no longer the email address of your My Ontario Account
mail-email-undone-text = Someone chose “This wasn’t me” in an email that we sent to an address that your account had before. Your account went back to that address, and you can no longer sign in with this one.
mail-email-undone-free = You can use this address for another account.

## contact.rs

mail-contact-subject = Contact us: { $topic }
mail-contact-text = Someone sent us a message using the Contact us form.
mail-contact-topic = Topic: { $topic }
mail-contact-from = Sender’s address, as entered in the form: { $address }
mail-contact-not-signed-in = The sender was not signed in. We have not checked whose address it is.
mail-contact-signed-in = The sender was signed in to the account with this address.
mail-contact-signed-in-elsewhere = The sender was signed in to the account with another address (account ID { $account }). We have not checked whose address this one is.
mail-contact-language = Language: English
mail-contact-country = Country: { $country }
mail-unknown-country = unknown
mail-contact-reply-nobody = Do not reply to this email. To answer, write to the sender’s address.
mail-contact-reply-sender = If you reply to this email, the answer will go to the sender’s address.
mail-contact-reply-address = If you reply to this email, the answer will go to { $address }, not to the sender.
mail-topic-signing-in = Signing in
mail-topic-registration = Registration and activation
mail-topic-emails = Emails that do not arrive
mail-topic-verification = Verification: codes and apps
mail-topic-partner = Removing my sign-in partner
mail-topic-services = My connected services
mail-topic-accessibility = Accessibility
mail-topic-other = Something else

## password_changed.rs

mail-password-changed-subject = The password of your My Ontario Account was changed
mail-password-changed-text = The password was changed in the settings of your account. You were signed out on all other devices and browsers. Services that had access to your account while you were away have to ask you again.
mail-password-first-set-subject = Your My Ontario Account now has a password
mail-password-first-set-text = A password was set in the settings of your account. You can now sign in with your email address and this password. Your other devices were signed out.

## activity_reported.rs

mail-activity-reported-subject = Secure your My Ontario Account
mail-activity-reported-text = Someone who is signed in to your account told us that they do not recognize what happened at the time and in the browser below. If you do not recognize it either, use the button “This wasn’t me”. It also removes authenticator apps and sign-in partners that were added since then. If all is well, you can ignore this email.

## data_downloaded.rs

mail-data-downloaded-subject = The data of your My Ontario Account was downloaded
mail-data-downloaded-text = A copy of the data that we keep about your account was downloaded from the settings of your account.

mail-account-closed-subject = Your My Ontario Account was closed
mail-account-closed-text = You closed your account. We signed you out on all devices, and services can no longer get your email address from us.
mail-account-closed-until = We will delete your account and everything stored about it on { $time }. To keep your account, sign in before then.

mail-account-reopened-subject = Your My Ontario Account is open again
mail-account-reopened-text = Someone signed in to the account that you closed. Your account is open again, and we will not delete it. You can close it again under “Settings”.
