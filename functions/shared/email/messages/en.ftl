## All emails
mail-product = My Ontario Account
mail-government = Government of Ontario
mail-labelled = { $label }: { $value }
mail-date = Date
mail-browser = Browser
mail-by = By
mail-country = Country
mail-help = Need help? Write to { $address }.
mail-help-link = How we use your email address
mail-no-reply = We do not read replies to this email.
mail-reason-account = We sent you this email because your My Ontario Account uses this address.
mail-reason-former-address = We sent you this email because your My Ontario Account used this address.
mail-reason-entered = We sent you this email because someone entered this address in My Ontario Account.
mail-choose-language = To get our emails in English, sign in and choose English under “Settings”.
mail-copyright = © King’s Printer for Ontario, { $year }
mail-unknown-browser = an unknown browser
mail-browser-unknown = unknown
mail-copy-links = If a button does not work, copy its address into your browser:
mail-sign-in-button = Sign in

## Links on request
mail-link-kept = You can use the link once, until { $time }. We cannot send another link to this address before then. Do not forward this email to anyone.
mail-link-kept-preheader = You can use the link in this email once, until { $time }.
mail-link-validity = You can use the link once, within 30 minutes. Do not forward this email to anyone.
mail-request-not-you = If you did not ask for this, you can ignore this email. Someone may have entered your email address by mistake. Nothing will change unless the link is used.
mail-link-expired-preheader = The link no longer works. Open this email to ask for a new one.
mail-link-expired-text = We are sorry. Please ask for a new link.
mail-link-expired-button = Send me a new link

## Security events
mail-dispute-caption = If this wasn’t you
mail-dispute-button = This wasn’t me
mail-dispute-note = Choose “This wasn’t me” and confirm. We will sign your account out on all devices and cancel its password. We will also remove the apps, recovery codes and sign-in partners that were added then or later. We will email you so that you can choose a new password. You can use the “This wasn’t me” link once, within 10 days.
mail-dispute-note-until = Choose “This wasn’t me” and confirm. We will sign your account out on all devices and cancel its password. We will also remove the apps, recovery codes and sign-in partners that were added then or later. We will email you so that you can choose a new password. You can use the “This wasn’t me” link once, until { $time }.

## activation_links.rs
mail-activation-subject = Activate your My Ontario Account
mail-activation-preheader = Open the link within 30 minutes to confirm your email address and finish registering.
mail-activation-lead = To finish registering, confirm that this is your email address.
mail-activation-lead-several = Someone used your email address to register more than once, so choose the registration you made.
mail-activation-button = Activate my account
mail-activation-text-several = The password you chose when you registered will be your account password.
mail-activation-registered = Registered on { $time } using { $device }
mail-activation-kept = You can use the link once, until { $time }, but no later than 24 hours after you registered. We cannot send another link to this address before then. Do not forward this email to anyone.
mail-activation-validity = You can use the link once, within 30 minutes. Do not forward this email to anyone.
mail-activation-kept-several = You can use each link once, until { $time }, but no later than 24 hours after that registration. We cannot send another link to this address before then. Do not forward this email to anyone.
mail-activation-validity-several = You can use each link once, within 30 minutes. Do not forward this email to anyone.
mail-activation-again = You can ask for a new link within 24 hours of registering. After that, register again.
mail-activation-not-you = If you did not register, you can ignore this email. No account will be created unless the link is used.
mail-activation-expired-subject = Your activation link has expired: ask for a new one
mail-activation-expired-preheader = You can ask for a new link within 24 hours of registering. After that, register again.
mail-activation-expired-lead = We could not send your activation link in time, and it no longer works.
mail-activation-expired-text = We are sorry. You can ask for a new link within 24 hours of registering. After that, register again.

## already_active.rs
mail-already-active-subject = You can sign in to your My Ontario Account
mail-already-active-preheader = Your account is active and is not locked, so you do not need the link that someone asked for.
mail-already-active-lead = You do not need a link to activate or unlock your account.
mail-already-active-text = Someone asked for such a link for the account with this email address. Your account is active and is not locked. You can sign in with this address and your password.
mail-already-active-reset = If you do not remember your password, choose “Forgot password” on the sign-in page.
mail-already-active-not-you = If you did not ask for this, you can ignore this email. Someone may have entered your email address by mistake.

## unlock_first.rs
mail-unlock-first-subject = Your My Ontario Account is locked: unlock it first
mail-unlock-first-preheader = Open the link within 30 minutes to unlock your account. Then ask again to reset your password.
mail-unlock-first-lead = You need to unlock your account before you can change your password.
mail-unlock-first-text = Your account is locked because of 5 failed sign-in attempts in a row. After you unlock it, sign in, or ask again to reset your password.

## unlock_link.rs
mail-unlock-subject = Unlock your My Ontario Account
mail-unlock-preheader = Open the link within 30 minutes to unlock your account. Your password will not change.
mail-unlock-lead = Confirm that you want to unlock your account.
mail-unlock-text = You can then sign in again. Your password will not change.
mail-unlock-button = Unlock my account
mail-unlock-expired-subject = Your link to unlock your account has expired: ask for a new one
mail-unlock-expired-lead = We could not send your link to unlock your account in time, and it no longer works.

## reset_link.rs
mail-reset-subject = Choose a new password for your My Ontario Account
mail-reset-preheader = Open the link within 30 minutes to choose a new password. We will sign you out on all devices.
mail-reset-lead = You can choose a new password with this link.
mail-reset-text = When you choose a new password, we will sign you out on all devices.
mail-reset-button = Choose a new password
mail-reset-expired-subject = Your link to choose a new password has expired: ask for a new one
mail-reset-expired-lead = We could not send your link to choose a new password in time, and it no longer works.

## partner_removal_link.rs
mail-partner-removal-subject = Remove your sign-in partner from your My Ontario Account
mail-partner-removal-preheader = Open the link within 30 minutes to remove all sign-in partners, such as your bank, from your account.
mail-partner-removal-lead = Confirm that you want to remove all sign-in partners, such as your bank, from your account.
mail-partner-removal-text = You will still be able to sign in with your email address and password.
mail-partner-removal-button = Remove my sign-in partner
mail-partner-removal-expired-subject = Your link to remove your sign-in partner has expired: ask for a new one
mail-partner-removal-expired-lead = We could not send your link to remove your sign-in partner in time, and it no longer works.

## password_first.rs
mail-password-first-subject = Set a password for your My Ontario Account
mail-password-first-preheader = Open the link within 30 minutes to set a password. You can then remove your sign-in partner.
mail-password-first-lead = Your account has no password, so set one before you remove your sign-in partner.
mail-password-first-button = Set a password
mail-password-first-expired-subject = Your link to set a password has expired: ask for a new one
mail-password-first-expired-lead = We could not send your link to set a password in time, and it no longer works.

## password_first.rs
mail-password-first-text = You asked us to remove your sign-in partner. Without it and without a password, you could not sign in. After you set a password, sign in and remove the sign-in partner, or ask again.

## disputed_reset.rs, disputed_unlock.rs
mail-disputed-subject = Your My Ontario Account is secured: choose a new password
mail-disputed-reset-preheader = Open the link within 30 minutes to choose a new password. Your old one no longer works.
mail-disputed-reset-lead = You told us that it was not you, so we secured your account.
mail-disputed-reset-text = We have signed your account out on all devices and cancelled its password. You need a new one to sign in.
mail-disputed-unlock-preheader = Your account is locked. Open the link within 30 minutes to unlock it, then choose a new password.
mail-disputed-unlock-lead = Your account is locked, so unlock it before you choose a new password.
mail-disputed-unlock-text = You told us that it was not you. We have signed your account out on all devices and cancelled its password. After you unlock it, choose “Forgot password” on the sign-in page.

## locked.rs
mail-locked-subject = Your My Ontario Account is locked
mail-locked-preheader = There were 5 failed attempts in a row to sign in. Open the link within 30 minutes to unlock it.
mail-locked-lead = To protect your account, we locked it after 5 failed attempts in a row to sign in.
mail-locked-text = We are not accepting any password from browsers in which you have never signed in. If the attempts came from a browser in which you have signed in before, we are not accepting any password from any browser.
mail-locked-unlock = To sign in with your password again, unlock your account. Your password will not change.

## support_action.rs
mail-support-unlocked-preheader = My Ontario Account support unlocked it. The password has not changed.
mail-support-unlocked-lead = My Ontario Account support unlocked your account.
mail-support-signed-out-subject = You were signed out of your My Ontario Account on all devices
mail-support-signed-out-preheader = My Ontario Account support signed you out. You can sign in again with the same password.
mail-support-signed-out-lead = My Ontario Account support signed you out on all devices. You can sign in again.
mail-support-reinstated-subject = You can use your My Ontario Account again
mail-support-reinstated-preheader = My Ontario Account support ended the suspension. You can sign in with the same password.
mail-support-reinstated-lead = My Ontario Account support ended the suspension of your account. You can sign in again.

## account_suspended.rs, suspension_reminder.rs
mail-contact-button = Contact us
mail-suspended-subject = Your My Ontario Account is suspended
mail-suspended-preheader = You cannot sign in for now. Contact us to find out why and what you can do.
mail-suspended-lead = My Ontario Account support suspended your account, and you cannot sign in until we end the suspension.
mail-suspended-text = We signed you out on all devices. Services can no longer get your email address from us, and links that we sent you before do not work.
mail-suspended-appeal = If you do not know why your account is suspended, or if you think it is a mistake, contact us. We will ask you to show who you are before we end a suspension.
mail-suspended-deleted = You closed this account before. We will still delete it on { $time }.
mail-suspension-reminder-subject = Your My Ontario Account is suspended, so we cannot send you a link
mail-suspension-reminder-preheader = No link works until the suspension ends. Contact us to find out what you can do.
mail-suspension-reminder-lead = Your account is suspended, so you cannot sign in and no link works.
mail-suspension-reminder-text = Someone asked us for a link for the account with this email address. My Ontario Account support suspended the account on { $time }.
mail-suspension-reminder-not-you = If you did not ask for a link, you can ignore this email. Someone may have entered your email address by mistake.

## reset_required.rs
mail-reset-required-subject = Your My Ontario Account needs a new password
mail-reset-required-lead = My Ontario Account support cancelled your password to protect your account.

## unlocked.rs
mail-unlocked-subject = Your My Ontario Account was unlocked
mail-unlocked-preheader = Someone used the link that we sent to this address. The password has not changed.
mail-unlocked-lead = Your account was unlocked using the link we sent to this address.
mail-unlocked-text = The password of your account has not changed.

## password_reset.rs
mail-password-reset-subject = The password of your My Ontario Account was changed
mail-password-reset-preheader = Someone used the link that we sent to this address. We signed you out on all devices.
mail-password-reset-lead = The password was changed using the link we sent to this address.
mail-password-reset-text = We signed you out on all devices.

## new_device.rs
mail-new-device-subject = New sign-in to your My Ontario Account
mail-new-device-preheader = Someone signed in on { $time } with { $device }. Was it you?
mail-new-device-lead = Someone signed in to your account from a browser we do not recognize.
mail-new-device-text = If it was you, you do not need to do anything.

## new_devices.rs
mail-new-devices-subject = More new sign-ins to your My Ontario Account: { $count }
mail-new-devices-preheader = They came from browsers that we do not recognize. Check that all of them were you.
mail-new-devices-lead = We emailed you about 5 sign-ins from browsers that we do not recognize, and there were more that day.
mail-new-devices-first = The first of the other sign-ins:
mail-new-devices-text = Number of other sign-ins: { $count }. If all of them were you, you do not need to do anything.

## code.rs
mail-code-subject = Your one-time code for My Ontario Account
mail-code-preheader = { $code } is your one-time code. It expires 10 minutes after you asked for it.
mail-code-for-service = Enter this code on the page where you asked for it, to continue to { $service }.
mail-code-for-change = Enter this code on the page where you asked for it, to confirm it’s you.
mail-code-validity = You can use the code once, within 10 minutes, in the browser where you asked for it. Do not share it with anyone. We will never ask for it by phone or email.
mail-code-several = If you ask for another code, both work until you use one of them.
mail-code-expired-subject = Your one-time code has expired: ask for a new one
mail-code-expired-preheader = The code no longer works. Go back to the page where you asked for it, and ask for a new one.
mail-code-expired-lead = We could not send your one-time code in time, and it no longer works.
mail-code-expired-text = We are sorry. Go back to the page where you asked for the code, and ask for a new one.
mail-code-expired-button = Go to My Ontario Account

## address_code.rs
mail-address-code-lead = Enter this code on the page where you asked for it, to create a My Ontario Account that you will sign in to with { $partner }.
mail-address-code-not-you = If you did not ask for this, you can ignore this email. Someone may have entered your email address by mistake. No account will be created unless the code is used.

## partner_linked.rs
mail-partner-linked-subject = A sign-in partner was connected to your My Ontario Account
mail-partner-linked-preheader = { $partner } was connected. You can now use it to sign in.
mail-partner-linked-lead = { $partner } was connected to your account.
mail-partner-linked-text = You can now use it to sign in. Your sign-in partner will not know which government services you use.

## partner_unlinked.rs
mail-partner-unlinked-subject = A sign-in partner was removed from your My Ontario Account
mail-partner-unlinked-preheader = { $partner } was removed. You can no longer use it to sign in.
mail-partner-unlinked-lead = You can no longer use { $partner } to sign in to your account.

## authenticator_added.rs, authenticator_removed.rs
mail-authenticator-added-subject = An authenticator app was added to your My Ontario Account
mail-authenticator-added-preheader = You can now use its codes when you sign in. If you did not add it, tell us.
mail-authenticator-added-lead = You can now use the codes of this app when you sign in.
mail-authenticator-added-text = Sign in to see its name in the list of your authenticator apps.
mail-authenticator-counts-from = It was added without a code from another authenticator app. For your security, services that require an app will accept it starting { $time }.
mail-authenticator-removed-subject = An authenticator app was removed from your My Ontario Account
mail-authenticator-removed-preheader = Its codes no longer work. If you did not remove it, tell us.
mail-authenticator-removed-lead = The codes of this app no longer work.
mail-authenticator-removed-text = Sign in to see which authenticator apps are left.

## recovery_codes_made.rs, recovery_codes_removed.rs, recovery_code_used.rs
mail-recovery-codes-made-subject = Recovery codes were created for your My Ontario Account
mail-recovery-codes-made-preheader = You can use each of the 10 codes once. If you did not create them, tell us.
mail-recovery-codes-made-lead = 10 recovery codes were created for your account. You can use each of them once to confirm it’s you.
mail-recovery-codes-made-text = Keep them in a safe place, away from your phone. We cannot show them again. You can create new ones at any time.
mail-recovery-codes-renewed-subject = New recovery codes were created for your My Ontario Account
mail-recovery-codes-renewed-preheader = The earlier codes no longer work. If you did not create the new ones, tell us.
mail-recovery-codes-renewed-lead = 10 new recovery codes were created for your account. The earlier codes no longer work.
mail-recovery-codes-counts-from = They were created without a code from an app or from an earlier list. For your security, services that require an app will accept them starting { $time }.
mail-recovery-codes-removed-subject = The recovery codes of your My Ontario Account were removed
mail-recovery-codes-removed-preheader = They no longer work. If you did not remove them, tell us.
mail-recovery-codes-removed-lead = Your recovery codes no longer work. You can throw them away.
mail-recovery-codes-removed-text = You can create new ones under “Verification methods”.
mail-recovery-code-used-subject = A recovery code of your My Ontario Account was used
mail-recovery-code-used-few-subject = A recovery code was used, and you have only { $count } left
mail-recovery-code-used-last-subject = Your last recovery code was used
mail-recovery-code-used-preheader = Recovery codes left: { $count }. If you did not use one, tell us.
mail-recovery-code-used-lead = One of your recovery codes was used to confirm it’s you. Recovery codes left: { $count }.
mail-recovery-code-used-text = Each code works once. Cross out the one you used.
mail-recovery-code-used-few = You have only a few recovery codes left. Sign in and create new ones under “Verification methods”. The earlier codes will then no longer work.
mail-recovery-code-used-none = You have no recovery codes left. Sign in and create new ones under “Verification methods”.

## email_code_switched.rs
mail-email-code-off-subject = Codes by email were turned off for your My Ontario Account
mail-email-code-off-preheader = You now confirm it’s you in other ways. If you did not turn codes by email off, tell us.
mail-email-code-off-lead = We will no longer email you codes to confirm it’s you. Use your authenticator app or a recovery code instead.
mail-email-code-off-text = You can turn codes by email on again under “Verification methods”. We turn them on for you if you have no authenticator app or no recovery codes left.
mail-email-code-on-subject = Codes by email were turned on for your My Ontario Account
mail-email-code-on-preheader = You can confirm it’s you with a code by email again. If this is not what you want, tell us.
mail-email-code-on-lead = You can again use codes that we email you to confirm it’s you.
mail-email-code-on-text = We turn them on when you ask us to, or when you have no authenticator app or no recovery codes left.

## verification_paused.rs
mail-verification-paused-subject = Too many incorrect codes for your My Ontario Account
mail-verification-paused-preheader = To protect your account, we will not accept codes until { $time }.
mail-verification-paused-lead = To protect your account, we will not accept codes until { $time }.
mail-verification-paused-text = Someone entered 10 incorrect one-time codes in a row. They were already signed in to your account. If it was not you, choose “This wasn’t me”.

## service_disconnected.rs
mail-service-disconnected-subject = { $service } was disconnected from your account
mail-service-disconnected-preheader = This service gets nothing from your account until you sign in to it again.
mail-service-disconnected-lead = This government service can no longer get information from your account.
mail-service-disconnected-text = If you sign in to it again, it will be reconnected.

## email_change_link.rs
mail-email-change-subject = Confirm your new email address for My Ontario Account
mail-email-change-preheader = Open the link within 30 minutes to use this address for your account.
mail-email-change-lead = Someone asked to use this email address for their My Ontario Account.
mail-email-change-text = If it was you, open the link and confirm. You may have to sign in first, with the email address and password that you use now. After that, you will sign in with the new address, the one that got this email.
mail-email-change-button = Confirm my new address
mail-email-change-expired-subject = Your link to confirm your new email address expired: ask for another one
mail-email-change-expired-lead = We could not send your link to confirm your new email address in time, and it no longer works.
mail-email-change-expired-button = Change my email address

## email_unavailable.rs
mail-email-unavailable-subject = Another My Ontario Account cannot use this email address
mail-email-unavailable-preheader = An account uses this address, or used it within the last 10 days. Nothing has changed.
mail-email-unavailable-lead = An account uses this address, or used it within the last 10 days.
mail-email-unavailable-text = Someone asked to use this email address for their My Ontario Account. That is not possible. Nothing has changed.
mail-email-unavailable-next = If it was you, you may already have an account with this address. Try to sign in to it.
mail-email-unavailable-not-you = If it was not you, you can ignore this email. Someone entered your address.

## email_changed.rs
mail-email-changed-subject = The email address of your My Ontario Account was changed
mail-email-changed-preheader = You can no longer sign in with this address. You can undo the change within 10 days.
mail-email-changed-lead = Your account has a new email address, and you can no longer sign in with the one that got this email.
mail-email-changed-dispute = “This wasn’t me” brings your account back to this address. For 10 days, no other account can use it.

## email_confirmed.rs
mail-email-confirmed-subject = This is now the email address of your My Ontario Account
mail-email-confirmed-preheader = Sign in with this address from now on. Your password stays the same.
mail-email-confirmed-lead = From now on, sign in with this email address.
mail-email-confirmed-text = Your password stays the same. We send all emails about your account to this address.
mail-email-confirmed-app = If you use an authenticator app, it keeps working. Its entry still shows your previous address. You can rename the entry in the app.
mail-email-confirmed-undo = We told your previous address about this change. It can undo the change for 10 days.

## email_change_reminder.rs
mail-email-reminder-preheader = You can undo the change until { $time }.
mail-email-reminder-lead = Your account has had a new email address since { $time }, and you can no longer sign in with the one that got this email.
mail-email-reminder-text = Someone asked us for a link for this email address. If you changed it yourself, sign in with the new one.
mail-email-reminder-dispute = “This wasn’t me” brings your account back to this address.

## email_change_undone.rs
mail-email-undone-subject = This is no longer the email address of your My Ontario Account
mail-email-undone-preheader = Your account went back to a previous address. You can no longer sign in with the one that got this email.
mail-email-undone-lead = Your account went back to a previous address, and you can no longer sign in with the one that got this email.
mail-email-undone-text = Someone chose “This wasn’t me” in an email that we sent to the previous address.
mail-email-undone-free = You can use this address for another account.

## contact.rs
mail-contact-subject = Contact us: { $topic }
mail-contact-preheader = From { $address }, on { $time }
mail-contact-lead = Someone sent us a message using the Contact us form.
mail-contact-topic = Topic
mail-contact-from = Sender’s address, as entered in the form
mail-contact-not-signed-in = The sender was not signed in. We have not checked whose address it is.
mail-contact-signed-in = The sender was signed in to the account with this address.
mail-contact-signed-in-elsewhere = The sender was signed in to the account with another address (account ID { $account }). We have not checked whose address this one is.
mail-contact-language = Language
mail-contact-language-name = English
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
mail-password-changed-preheader = It was changed in your settings. You were signed out on all other devices and browsers.
mail-password-changed-lead = The password was changed in the settings of your account.
mail-password-changed-text = You were signed out on all other devices and browsers. Services that could get your information while you were signed out have to ask you again.
mail-password-first-set-subject = Your My Ontario Account now has a password
mail-password-first-set-preheader = You can now sign in with your email address and this password.
mail-password-first-set-lead = A password was set in the settings of your account.
mail-password-first-set-text = You can now sign in with your email address and this password. You were signed out on all other devices and browsers.

## activity_reported.rs
mail-activity-reported-subject = Secure your My Ontario Account
mail-activity-reported-preheader = Someone told us that they do not recognize activity of { $time }.
mail-activity-reported-lead = Someone who is signed in to your account told us that they do not recognize what happened at the time and in the browser below.
mail-activity-reported-text = If you recognize this activity, you can ignore this email. If not, choose “This wasn’t me”. If the password was reset in the last 24 hours, we only remove what was added since then.

## data_downloaded.rs
mail-data-downloaded-subject = The data of your My Ontario Account was downloaded
mail-data-downloaded-preheader = Someone who was signed in got a copy of the data that we keep about your account.
mail-data-downloaded-lead = Someone downloaded a copy of the data that we keep about your account, in its settings.

mail-account-closed-subject = Your My Ontario Account was closed
mail-account-closed-preheader = We will delete it on { $time }. To keep it, sign in before then.
mail-account-closed-lead = We will delete your account and everything stored about it on { $time }.
mail-account-closed-keep = To keep your account, sign in before then.
mail-account-closed-text = We signed you out on all devices, and services can no longer get your email address from us.
mail-account-closed-dispute = “This wasn’t me” opens your account again, and we will not delete it.

mail-former-closed-subject = The My Ontario Account that had this email address was closed
mail-former-closed-text = Your account no longer has this email address, and someone has now closed it. We signed it out on all devices.
mail-former-closed-preheader = We will delete it on { $time }.
mail-former-closed-lead = We will delete the account and everything stored about it on { $time }.
mail-former-closed-dispute = “This wasn’t me” opens your account again and brings it back to this address.

mail-account-reopened-subject = Your My Ontario Account is open again
mail-account-reopened-preheader = Someone signed in to the account that you closed, so we will not delete it.
mail-account-reopened-lead = Someone signed in to the account that you closed, so we will not delete it.
mail-account-reopened-text = You can close it again under “Settings”.

## address_check.rs
mail-address-check-subject = Emails from My Ontario Account reach you
mail-address-check-preheader = Your email address works. You do not need to do anything.
mail-address-check-lead = Your email address works. You do not need to do anything.
mail-address-check-text = An earlier email to this address was not delivered, or was reported as junk. We were asked to send you this email to check the address. It arrived, so the warning in your account will disappear.
mail-address-check-junk = If you found this email in your junk folder, move it to your inbox. Otherwise, you may miss the codes and links that you ask for.
