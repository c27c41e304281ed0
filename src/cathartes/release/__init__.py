"""From a lead to what one audience may have: redaction, the formats it is written in, the bundle, and the reply that comes back."""
