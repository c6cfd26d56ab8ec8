"""一笔多户: one transfer or card slip that pays for several accounts, each with its receipt."""
