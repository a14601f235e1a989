change-email-1 = You can change the email address that you sign in with.
change-email-step-1 = Sign in, open “Settings” and choose to change your email address. We may ask you to confirm it’s you.
change-email-step-2 = Enter the new address. We email a link to it.
change-email-step-3 = Open the link in a browser in which you are signed in, or sign in there with your current address. Confirm within { $link-minutes } minutes. The new address will then be the address of your account.
change-email-2 = We also write to the old address. It stays reserved for you for { $old-address-days } days, and “This wasn’t me” in that email undoes the change. It also signs you out and cancels your password. To go back by yourself, change the address again. Links that we sent to the old address before stop working.
change-email-3 = The new address must not belong to another account. If someone takes it before you confirm, the change does not happen.
change-email-4 = If you cannot read emails at the old address any more, you need a code from an authenticator app to make the change. If you do not have an app, read “What if I have lost access to my email?”

change-password-1 = To change your password, you must be signed in.
change-password-step-1 = Open “Settings” and choose to change your password. We may ask you to confirm it’s you.
change-password-step-2 = Choose a new password.
change-password-step-3 = Use it the next time that you sign in.
change-password-2 = We email you to confirm, and sign you out in all other browsers.
change-password-3 = If you have always signed in with a sign-in partner, you have no password yet. You can set your first one in the same place.

change-language-1 = The link “Français” at the top of each page shows the page in French. What you entered is kept, except passwords.
change-language-2 = In “Settings”, you choose the language of your account. We use it for emails, and for pages when you sign in.

activity-1 = “Recent activity” lists what happened in your account: for example when you signed in, when your password was changed, and which browser it was. It shows the country, never the exact place.
activity-2 = If you do not recognize something, choose “This wasn’t me” below it, within { $dispute-days } days. We will email you a link that secures your account. If your email address was changed, use “This wasn’t me” in the email to your previous address instead.

connected-services-1 = “My connected services” lists the government services that you have signed in to with your account. For each one, you see:
connected-services-home = a link to the service
connected-services-support = how to contact its support
connected-services-used = when you last signed in to it
connected-services-shared = what we share with it
connected-services-requires = whether it always requires you to verify with a code
connected-services-2 = You can disconnect a service. It can then no longer get information about you from us, and we email you to confirm. What it already has stays with it. If you sign in to it again, it is connected again.

shared-information-1 = A service gets an ID that stands for you. Most of the time, only this service can use it. Services then cannot use it to put together what they know about you. The service also learns when and how you signed in, for example with a code.
shared-information-2 = If the service asks for your email address, we ask you first. If you say no, you return to the service, and nothing is shared.
shared-information-3 = Some services also ask to keep their access while you are signed out, for up to { $offline-days } days. We ask you about that, too. “My connected services” shows what you agreed to, and you can disconnect the service at any time.

download-data-1 = You can download a copy of what is stored about you. It is a file in a format called JSON, which other programs can read.
download-data-2 = Sign in, open “Settings” and choose “Download my data”. The file does not contain your password or the secrets of your authenticator apps. What government services know about you is not in it. Ask the service for that.
download-data-3 = You can open the file in a browser or a text editor. Times are in UTC, which is 4 or 5 hours ahead of Toronto. You can download the file 5 times a day.

close-account-1 = You can close your account at any time. You then sign in to government services in another way that they offer, or not at all.
close-account-step-1 = Sign in, open “Settings” and choose “Close my account”. We may ask you to confirm it’s you.
close-account-step-2 = Read what happens, and confirm.
close-account-step-3 = You are signed out on all devices. We will email you to confirm.
close-account-2 = For { $closing-days } days, you can change your mind. Sign in, and your account is open again. Your email address stays reserved for that time. If you changed your email address in the last { $old-address-days } days, you have longer. We keep the account as long as the old address can undo that change. After that, we delete everything that is stored about you, and no one can bring it back.
close-account-3 = Closing your account does not close your files at government services. Contact those services if you want that.
