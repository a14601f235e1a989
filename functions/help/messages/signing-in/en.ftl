forgot-password-1 = You can choose a new password with a link that we email you.
forgot-password-step-1 = Choose “Forgot password” and enter the email address of your account.
forgot-password-step-2 = Open the link in our email within { $link-minutes } minutes. Any browser works.
forgot-password-step-3 = Choose a new password, then sign in with it.
forgot-password-2 = Note:
forgot-password-sessions = A new password signs you out on all devices and browsers.
forgot-password-locked = If your account is locked, the email contains a link to unlock it first. After that, you can choose a new password.
forgot-password-inactive = If you have not activated your account yet, the email contains a new activation link instead.

locked-account-1 = After { $attempts } failed attempts in a row, your account is locked. In browsers where you have never signed in, we do not accept any password, not even the correct one. If the attempts came from a browser where you have signed in before, this is so in every browser. Waiting does not unlock the account. You are not signed out where you are already signed in.
locked-account-2 = To unlock it:
locked-account-step-1 = Open the link in our email about the lock. You can also choose “Unlock account” to get a new link.
locked-account-step-2 = The link works for { $link-minutes } minutes. Confirm on the page that opens.
locked-account-step-3 = Sign in with your password. If you do not remember it, you can now choose “Forgot password”.
locked-account-3 = If someone else caused the failed attempts, you may still be able to sign in with your password in a browser that you have used before. A sign-in partner works while your account is locked, too.
locked-account-4 = You can unlock only an account that you have activated. If you have not, we send you the activation link instead.

missing-emails-1 = Most emails arrive within a minute. If yours does not:
missing-emails-step-1 = Look in your junk or spam folder.
missing-emails-step-2 = Check that you entered the right email address. For your safety, we show the same page whether or not there is an account with it, except when you create an account.
missing-emails-step-3 = Wait a few minutes. Some email providers are slow.
missing-emails-step-4 = Ask for another email. You can do so { $email-seconds } seconds after the last one.
missing-emails-2 = The number of emails to one address is limited. If you reach the limit, the page says how long you have to wait. The newest link keeps working until then.
missing-emails-3 = Work and school addresses often have a filter. Ask your IT department to allow emails from { $sender }.
missing-emails-4 = If nothing helps, write to { $support } or use our contact form.

too-many-attempts-1 = We limit how often something can be tried, such as a password or a code, or asking for an email. The limits are for each account, email address and internet connection. This keeps other people from guessing their way in.
too-many-attempts-2 = The page says how long you have to wait. What you entered is kept, except passwords and codes. Your account is not affected.
too-many-attempts-3 = If many people share your connection, such as in a library or an office, someone else may have caused it. Try another connection, such as mobile data.

session-ended-1 = We sign you out in these cases:
session-ended-idle = You did nothing for { $idle-minutes } minutes. We warn you { $warning-minutes } minutes before, and you can choose to stay signed in.
session-ended-total = You signed in { $session-hours } hours ago.
session-ended-other = Someone signed in again in this browser, or chose to sign out.
session-ended-changed = Your password was changed or reset, or you chose “This wasn’t me” or signed out this browser from another one.
session-ended-2 = Sign in again to continue. You return to the page where you were.

sessions-1 = “Devices and sessions” lists the browsers in which you are signed in, with the time of your last visit.
sessions-step-1 = Sign in and open “Settings”, then “Devices and sessions”.
sessions-step-2 = Find the browser that you want to sign out. We show its name and the country, never the exact place.
sessions-step-3 = Sign it out, or sign out all other browsers at once.
sessions-2 = If you do not recognize a browser, also choose a new password. Signing out here does not sign you out at government services that you are already using.

new-browser-1 = We email you the first time someone signs in to your account in a browser that we do not recognize. If it was you, you do not have to do anything.
new-browser-2 = We recognize a browser by a cookie for { $browser-days } days after your last sign-in. You get the email again if you delete your cookies, use a private window or change to another browser or device.
new-browser-3 = If it was not you, open “This wasn’t me” in the email.

not-me-1 = Our emails about changes have a link “This wasn’t me”. Use it if you did not make the change. It works once, within { $dispute-days } days.
not-me-2 = On the page that opens, confirm that it was not you. We then:
not-me-sessions = sign your account out on all devices and browsers
not-me-password = stop accepting your password, and email you a link to choose a new one
not-me-added = remove the authenticator apps and recovery codes that were added since, and the sign-in partners that were connected since
not-me-address = if you use the email that we sent to your previous address, make that address yours again
not-me-browsers = stop recognizing all browsers, except the one that you are using
not-me-3 = Your account and your list of services stay. If you had closed your account, it is open again. Choose a new password with the link that we email you. If your account is locked, the link unlocks it first. Services may ask you to sign in again.
not-me-4 = If you cannot get into your email any more, read “What if I have lost access to my email?”
lost-email-1 = First, try to get your email back. Your email provider, school or workplace may be able to help.
lost-email-2 = If you have an authenticator app, you can change the email address of your account:
lost-email-step-1 = Sign in with your password or a sign-in partner.
lost-email-step-2 = Open “Settings” and choose to change your email address. Confirm it’s you with a code from the app.
lost-email-step-3 = Enter an address that you can read. Open the link that we email to it, and confirm.
lost-email-3 = If you do not have an app, you cannot change the address, because we would send the code to the address that you lost. We cannot change it for you. We would have no way to know that it is you.
lost-email-4 = You can still use services that do not ask for a code, if you can sign in. For other services, contact their support. Ask how you can use the service with a new account.
lost-email-5 = If someone else can read your emails, tell your email provider right away. Then secure your account with “This wasn’t me” or a new password.
unexpected-email-1 = What you should do depends on the email:
unexpected-email-link = If it has a link that you can ask for, such as to activate or unlock an account or to choose a password, you can ignore it. Someone may have entered your address by mistake. Nothing changes unless the link is used.
unexpected-email-code = If it has a code to create an account, you can ignore it, too.
unexpected-email-verify = If it has any other code, someone has already signed in to your account. If it was not you, choose “This wasn’t me” in the email.
unexpected-email-change = If it tells you about something that you did not do, choose “This wasn’t me”. It secures your account.
unexpected-email-2 = Our emails come from { $sender }. We never ask you for your password or a code by email or by phone. Never give a code to anyone, and do not forward our emails.
unexpected-email-3 = If you are not sure that an email is from us, do not open its links. Type our web address into your browser, sign in and look at “Recent activity”.
