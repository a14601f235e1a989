base-product = My Ontario Account
base-bar = My Ontario Account
base-logo = Government of Ontario
base-owner = My Ontario Account is a service of the Government of Ontario.
base-other-language = Français
base-skip = Skip to main content
base-sign-out = Sign out
base-contact = Contact us
base-error-prefix = Error:

problem-go-on = Continue
onward-title = Continue to { $host }
onward-text = This page continues by itself. If nothing happens, select Continue.
problem-reference = If you contact us about this, quote the reference { $id }.
problem-not-found-title = Page not found
problem-not-found-text = There is no page at this address. Check the address, or continue to your connected services.
problem-method-title = This address cannot be opened this way
problem-method-text = Your browser used a method that this address does not have. Nothing was done. Continue to open the page.
problem-too-large-title = Too much was sent
problem-too-large-text = What your browser sent is larger than any of our forms. Nothing was saved. Go back and try again.
problem-malformed-title = The form could not be read
problem-malformed-text = What your browser sent is not one of our forms. Nothing was saved. Open the page again and try once more.
problem-other-site-title = The form did not come from here
problem-other-site-text = Another website sent this form. To protect your account, nothing was done. Type the address of the service yourself and try again.
problem-no-cookies-title = Cookies are needed
problem-no-cookies-text = Your browser did not send our cookie. It keeps no cookies, or the page was open for a long time. Allow cookies for this website, then continue and fill in the form again. Nothing was saved.
problem-stale-form-title = The form has expired
problem-stale-form-text = This page was opened a long time ago, or before you signed in or out in another tab. Nothing was saved. Continue and fill in the form again.
problem-unavailable-title = Something went wrong on our side
problem-unavailable-text = We could not finish what you asked for. Wait a moment and try again. If you were waiting for an email, it may still arrive.
form-problem = There is a problem
field-email = Email address
field-password = Password
field-code = One-time code
field-code-empty = Enter the code.
field-code-not-six-digits = Enter the six digits of the code.
email-empty = Enter your email address.
email-malformed = Enter an email address like name@example.com.
email-letters = Enter an email address with no accents before the @ sign: we cannot send email to it.
password-empty = Enter your password.
emails-missing-title = If the email does not arrive
emails-missing-junk = Look in your junk or spam folder.
emails-missing-address = Check that the address is spelled correctly.
emails-missing-wait = Wait a few minutes: some email providers are slow.
emails-missing-again = Ask for another email.
emails-missing-contact = If none of this helps, write to { $address } or by our form:
password-hint = Choose something that is easy for you to remember and hard for others to guess. You can paste it.
password-broken = Choose a password that meets every rule in the list.
password-rules = Your password must meet these rules:
password-rule-met = Met:
password-rule-unmet = Not met:
password-rule-at-least = at least { $count } characters
password-rule-at-most = at most { $count } characters
password-rule-upper-case = an upper case letter
password-rule-lower-case = a lower case letter
password-rule-digit = a number
password-rule-symbol = a symbol, such as ! or # (a space counts)
password-rule-not-personal = without the first part of your email address, or the name of this service
password-rule-not-common = not a commonly used, leaked or easily guessed password

problem-too-many-emails-title = Wait before asking for another email
problem-too-many-emails-text = We have sent this address as many emails as we do in this time. Look for them, in the junk folder too; the newest is the one that works. You can ask again in { $wait }.
problem-too-many-tries-title = Too many tries
problem-too-many-tries-text = There were too many tries from your internet connection. Your account was not touched. Wait { $wait } and try again; if you share the connection, try another one.
problem-around-the-front-title = This address is not for browsers
problem-around-the-front-text = Open the service by its own address.
wait-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
 }
wait-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
 }
wait-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
 }
session-warning-title = Your session is about to end
session-warning-text = For your security you will be signed out in two minutes, unless you stay.
session-warning-last = You have been signed in for almost twelve hours. For your security you will be signed out in two minutes. Finish what you are doing; you can sign in again right away.
session-stay = Stay signed in
session-close = Close
session-over-title = Your session has ended
session-over-text = For your security you were signed out. Sign in to go on.
session-sign-in = Sign in
link-unknown-title = We do not know this link
link-unknown-text = The link may not have been copied whole, or it is very old. Open it from the email again, or ask for a new one.
link-expired-title = This link has expired
link-used-title = This link was already used
link-overtaken-title = This link no longer works
link-overtaken-text = Another link was used since, or several newer ones were sent. Open the newest email, or ask for another link.
link-again = Send a new link
choice-missing = Choose one of the answers.
choice-submit = Continue
choice-declined-title = Nothing has changed
choice-back = Back to the question
link-sign-in = Sign in
way-to-service = Continue to { $service }
not-you = Not you? Start again at the sign-in page
prove-title = First, show us that it is you
prove-sign-in-text = You signed in more than five minutes ago. To make this change, sign in again.
prove-sign-in = Sign in again
prove-app-text = To make this change, enter a code from your authenticator app.
prove-app = Verify
prove-lost-title = Lost your device?
prove-lost-text = Sign in again, then verify with a code by email. After that you can remove the app that you lost.
partner-cancelled-title = You did not sign in with your partner
partner-cancelled-text = You turned back there. You can try again, or sign in with your email address and password.
partner-unavailable-title = Your sign-in partner does not answer
partner-unavailable-text = Wait a moment and try again, or sign in with your email address and password. If you have no password yet, “Forgot password” sets one.
partner-failed-title = Signing in with your partner failed
partner-failed-text = What came back from your partner could not be trusted, so nothing was done. Try again, or sign in with your email address and password.
partner-expired-title = Signing in with your partner took too long
partner-expired-text = It was begun more than half an hour ago, in another browser, or was finished already. Try again from here.
partner-not-confirmed-title = Your partner did not ask you to sign in again
partner-not-confirmed-text = This step needs a new sign-in, and your partner did not confirm one. Sign in with your email address and password. If you have no password yet, “Forgot password” sets one.
