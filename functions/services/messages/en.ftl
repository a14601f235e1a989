services-title = My connected services
services-none = The government services that you use with this account will be listed here.
services-account-title = Your account
services-sessions = Where you are signed in
