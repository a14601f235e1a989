forgot-password-1 = You can choose a new password with a link that we email you.
forgot-password-step-1 = Choose “Forgot password” and enter the email address of your account.
forgot-password-step-2 = Open the link in our email within { $link-minutes } minutes. Any browser works.
forgot-password-step-3 = Choose a new password, then sign in with it.
forgot-password-2 = Good to know:
forgot-password-sessions = A new password signs you out on all devices and browsers.
forgot-password-locked = If your account is locked, the email contains a link to unlock it first. After that, you can choose a new password.
forgot-password-inactive = If you have not activated your account yet, the email contains a new activation link instead.

locked-account-1 = After { $attempts } failed attempts in a row, your account is locked: we do not accept any password, not even the right one. Waiting does not unlock it. You are not signed out where you are already signed in.
locked-account-2 = To unlock it:
locked-account-step-1 = Open the link in the email that we sent you about the lock, or choose “Unlock account” and enter your email address to get a new one.
locked-account-step-2 = The link works for { $link-minutes } minutes. Confirm on the page that opens.
locked-account-step-3 = Sign in with your password. If you do not remember it, choose “Forgot password” now, after unlocking.
locked-account-3 = If someone else caused the failed attempts, you may still be able to sign in with your password in a browser that you have used before. A sign-in partner works while your account is locked, too.
locked-account-4 = You can unlock only an account that you have activated. If you have not, we send you the activation link instead.

missing-emails-1 = Most emails arrive within a minute. If yours does not:
missing-emails-step-1 = Look in your junk or spam folder.
missing-emails-step-2 = Check that you entered the right email address. For your safety, we show the same page whether or not there is an account with it.
missing-emails-step-3 = Wait a few minutes. Some email providers are slow.
missing-emails-step-4 = Ask for another email. You can do so { $email-seconds } seconds after the last one.
missing-emails-2 = The number of emails to one address is limited. If you reach the limit, the page says how long you have to wait. The newest link keeps working until then.
missing-emails-3 = Work and school addresses often have a filter. Ask your administrator to let in emails from { $sender }.
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

new-browser-1 = We email you the first time someone signs in to your account in a browser that we do not know. If it was you, you do not have to do anything.
new-browser-2 = We recognize a browser by a cookie for { $browser-days } days after your last sign-in. You get the email again if you delete your cookies, use a private window or change to another browser or device.
new-browser-3 = If it was not you, open “This wasn’t me” in the email.

not-me-1 = Our emails about changes have a link “This wasn’t me”. Use it if you did not make the change. It works once, within { $dispute-days } days.
not-me-2 = On the page that opens, confirm that it was not you. We then:
not-me-sessions = sign your account out on all devices and browsers
not-me-password = stop accepting your password, and email you a link to choose a new one
not-me-added = remove the authenticator apps and sign-in partners that were added since, and undo a change of your email address
not-me-browsers = forget all browsers that we knew, except the one that you are using
not-me-3 = Your account stays yours, and your connected services stay. You only need to choose a new password.
not-me-4 = If you cannot get into your email any more, contact us.
