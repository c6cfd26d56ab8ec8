"""The tables begin here; a database of the files before these counts as having them."""

REPLACED = [
    ("customers", "0001_initial"),
    ("customers", "0002_contracts_do_not_overlap"),
    ("customers", "0003_wechat_identity"),
    ("customers", "0004_customer_permissions"),
    ("customers", "0005_keep_history"),
    ("customers", "0006_keys_said_once"),
    ("customers", "0007_keys_proved_in_sets"),
    ("customers", "0008_messages"),
    ("customers", "0009_network_above_and_below_stations"),
]
