"""An e-sign service played over HTTP: orders, a page to sign on, and sealed receipts."""
