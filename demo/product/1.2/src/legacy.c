/* Nachricht an den Benutzer, noch in der alten Kodierung: für Änderungen */
const char *acme_legacy_text = "Datei ist sauber – keine Viren";
