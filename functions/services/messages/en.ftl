services-title = My connected services
services-none = The government services that you use with this account will be listed here.
