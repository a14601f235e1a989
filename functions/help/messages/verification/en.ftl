mfa-1 = Multi-factor authentication means that you confirm it’s you in two ways. First you sign in with a password or a sign-in partner. Then you verify with one of these:
mfa-email = a one-time code that we email you
mfa-app = a code that an authenticator app shows on your phone or computer
mfa-recovery = one of the recovery codes that you saved
mfa-2 = At a service that requires it, someone who knows only your password cannot get in.

mfa-when-1 = The government service that you use decides this. There are three cases:
mfa-when-none = It requires a sign-in only.
mfa-when-code = It requires a second step. You choose between a code by email and an authenticator app.
mfa-when-app = It requires an authenticator app. A code by email is not enough there.
mfa-when-2 = Once you have verified, you do not have to do it again until you are signed out, except before some changes of your account. “My connected services” shows what each service always requires. A service can also ask for more at times. You cannot change this.

mfa-steps-1 = If a service requires a code, we ask you for it after you sign in:
mfa-steps-step-1 = Ask for a code by email, or open your authenticator app.
mfa-steps-step-2 = Enter the 6 digits.
mfa-steps-step-3 = You continue to the service.
mfa-steps-2 = The first time, you choose how you want to verify. For codes by email, there is nothing to set up.

email-codes-1 = A code by email has 6 digits. We send it to the address of your account when you ask for it.
email-codes-time = It works for { $code-minutes } minutes, and only once.
email-codes-browser = It works only in the browser in which you asked for it.
email-codes-several = If you asked for several codes, any of them works until it expires. You can ask for another one after { $code-seconds } seconds.
email-codes-attempts = You can enter { $code-attempts } incorrect codes. After that, ask for a new one.
email-codes-2 = Never give a code to someone else. We never ask for it by phone or by email.

app-required-1 = In most cases, no. If a service requires a second step, you can choose a code by email instead.
app-required-2 = Some services protect very private information. They only accept a code from an app. If you do not want to use an app, contact the support of that service. Ask how you can use the service in another way.

authenticator-apps-1 = An authenticator app shows a new 6-digit code every 30 seconds. It works without a phone signal or an internet connection.
authenticator-apps-2 = Any app that makes such codes works, for example Google Authenticator, Microsoft Authenticator or Okta Verify. Get it from the App Store or Google Play. Many password managers for phones and computers can do it, too.
authenticator-apps-3 = You can have up to { $apps } apps, for example one on your phone and one on your tablet. If you lose one, you have another.

okta-verify-1 = No. We do not offer push notifications at this time, so you cannot approve a sign-in by tapping a message on your phone.
okta-verify-2 = You can use Okta Verify and similar apps with codes. Set the app up like any other authenticator app, and enter the code that it shows.

default-method-1 = The verification method that you used last is offered first the next time. The page says which one it is.
default-method-2 = If you have not set up an app, it is the code by email.

something-else-1 = You can change the method every time that you verify. You may know this as “Verify with something else”.
something-else-step-1 = On the page that asks for a code, choose “Try another way”.
something-else-step-2 = Choose a code by email or one of your authenticator apps, then “Continue”. If you choose email, we send the code right away.
something-else-step-3 = Enter the code. This method is offered first the next time.
something-else-2 = The code by email is in the list unless you turned it off. At a service that requires an app, it is not enough to continue, but it lets you remove an app that you lost.

set-up-app-1 = You need a phone, tablet or computer with an authenticator app. Install it first. You can set it up at any time, or when a service asks for it.
set-up-app-step-1 = Sign in and open “Settings”, then “Verification methods”.
set-up-app-step-2 = Choose “Add an authenticator app”. We may ask you to confirm it’s you, for example with a code by email. Then choose “Set up an authenticator app”.
set-up-app-step-3 = In the app, choose to add an account or to scan a QR code.
set-up-app-step-4 = Point the camera at the QR code on our page. On the same device, choose “Open the app” instead.
set-up-app-step-5 = Enter a name for the app, so that you recognize it later.
set-up-app-step-6 = Enter the 6-digit code that the app shows, and choose “Finish”.
set-up-app-2 = We email you when it is set up. Any authenticator app works, whichever one a page names.
set-up-app-3 = Did you reset your password in the last { $root-hours } hours? Services that require an app may accept the new one only later.

set-up-app-by-key-1 = If you cannot scan the QR code, type the key that is below it.
set-up-app-by-key-step-1 = Follow the steps to set up an app until you see the QR code.
set-up-app-by-key-step-2 = In your app, choose to enter a key or to add an account by hand.
set-up-app-by-key-step-3 = Enter the account name and the key that we show. Spaces and capital letters do not matter. If the app asks for the type of key, choose “time-based”.
set-up-app-by-key-step-4 = On our page, enter a name for the app and the 6-digit code that it shows. Then choose “Finish”.
set-up-app-by-key-2 = You can also copy the key and paste it into an app on the same device. Do not send the key to anyone. Whoever has it can make your codes.

recovery-codes-1 = Recovery codes let you confirm it’s you when you do not have your phone or your authenticator app. There are { $recovery-codes } codes, each of which works once. To get them:
recovery-codes-step-1 = Sign in and open “Settings”, then “Verification methods”.
recovery-codes-step-2 = Choose “Create recovery codes”. We may ask you to confirm it’s you.
recovery-codes-step-3 = Print or download the codes, and keep them in a safe place. We show them only once.
recovery-codes-use = To use one, choose “Try another way” on the page that asks for a code, then the recovery codes. Capital letters, spaces and dashes do not matter. You can also use one for services that ask for an app. We email you each time that a code is used.
recovery-codes-few = When { $recovery-codes-few } codes or fewer are left, we remind you. Then create new ones. The earlier codes no longer work after that.
recovery-codes-lost = If you lost your codes, or if someone else may have seen them, create new ones or remove them. If you have nothing else to confirm it’s you with, sign in again and use a code by email.
recovery-codes-later = You may have created codes without a code from an app or from an earlier list. Then services that require an app may accept them only after { $root-hours } hours. “Verification methods” shows the time.
recovery-codes-email-off = If you have an app and recovery codes, you can turn codes by email off in “Verification methods”. Someone who gets into your email can then not use it to confirm it’s you. We turn codes by email on again, and email you, if you have no app or no recovery codes left.

remove-app-1 = You can remove an app that you no longer use.
remove-app-step-1 = Sign in and open “Settings”, then “Verification methods”.
remove-app-step-2 = Choose the app that you want to remove. We ask for a code from an app. If you have no app any more, follow the steps for a lost device.
remove-app-step-3 = Confirm. We email you about it.
remove-app-2 = Delete the entry in the app as well. If you delete it only in the app, nothing changes here. We would still ask for its codes.

new-phone-1 = Keep the old phone until you have finished.
new-phone-step-1 = Install an authenticator app on the new phone.
new-phone-step-2 = Sign in and open “Settings”, then “Verification methods”. Choose “Add an authenticator app”. If we ask for a code, enter one from the app on the old phone.
new-phone-step-3 = Add the app on the new phone. You can use it right away, for all services.
new-phone-step-4 = Remove the app on the old phone from the list.
new-phone-2 = You can also remove the old app first and then set up the new one, within { $proof-minutes } minutes of entering the code.

lost-device-recovery = If you saved recovery codes, use one of them to confirm it’s you, and remove the app. New apps then count right away.
lost-device-1 = You can remove the app with your password and a code by email:
lost-device-step-1 = Sign in again, with your password or a sign-in partner.
lost-device-step-2 = In “Verification methods”, choose to remove the app that was on the lost device.
lost-device-step-3 = On the page that asks for a code, choose “Try another way”, then a code by email. Enter the code and confirm the removal.
lost-device-step-4 = Set up an app on another device.
lost-device-service = At a service that asks for a code, there is a shorter way. Choose “Try another way”, then “Use a code by email and go to my apps”.
lost-device-2 = Services that require an app accept the new one only after { $root-hours } hours. We email you right away, so that you have time to react if it was not you. Services that accept codes by email work at once.
lost-device-3 = If someone else may have the device, do this as soon as you can. Then choose a new password in “Settings”. Do not use “Forgot password” first. For { $root-hours } hours after that, we would not accept codes by email, and you could not remove the app.

app-after-email-change-1 = Nothing. The app keeps working, because its codes do not depend on your email address.
app-after-email-change-2 = The entry in the app still shows the old address. You can rename it in the app. Open the entry or press it for a while, and choose to edit it. You do not have to remove it and set it up again.

after-reset-1 = After you reset your password by email, we do not accept codes by email for { $root-hours } hours. This is so if your account has, or ever had, an authenticator app. Otherwise, someone who got into your email could reset your password and verify with the same mailbox.
after-reset-2 = Your authenticator app works as usual. Use it if you have it.
after-reset-3 = If you do not have it, wait until the time that the page shows. If you cannot wait, contact the support of the government service that you want to use. If you were not on your way to a service, contact us.

new-app-later-1 = Some services require an authenticator app. They accept a new app only after { $root-hours } hours if you ever had another app and added this one with a code by email. This happens after a lost device. It also happens if you removed your only app and add another one later. It may also happen if you reset your password by email less than a day ago.
new-app-later-2 = “Verification methods” shows when all services will accept the app. For services that also accept codes by email, you can use it at once.
new-app-later-3 = If you cannot wait, contact the support of the government service.

incorrect-codes-1 = Check these things:
incorrect-codes-newest = Enter the code that the app shows now. It changes every 30 seconds.
incorrect-codes-clock = Let your phone or computer set its clock automatically. If the clock is off by more than half a minute, the codes are incorrect.
incorrect-codes-browser = A code by email works only in the browser in which you asked for it, for { $code-minutes } minutes.
incorrect-codes-used = Each code works once. Wait for the next one in the app, or ask for another email.
incorrect-codes-2 = If { $guesses } codes in a row are incorrect, we pause for { $pause-minutes } minutes. If it happens again, the pause is longer. The page says until when, and we email you. Your password keeps working, and you stay signed in.
