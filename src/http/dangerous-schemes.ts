/**
 * Schemes that a browser must not be redirected to with a secret, because they do not lead to the application that asked.
 * All schemes that begin with `ms-` are rejected too: see `isDangerousScheme()`.
 */
export const DANGEROUS_SCHEMES: ReadonlySet<string> = new Set(
  [
    // They run or open something in the browser itself.
    'javascript livescript vbscript data blob file filesystem about view-source resource res jar mhtml cid mid',
    'wyciwyg moz-icon ws wss',
    // They open a web address of an attacker's choice: `googlechrome://evil.example/` is `http://evil.example/` in Chrome.
    'intent android-app content googlechrome googlechromes googlechrome-x-callback chrome chrome-untrusted',
    'chrome-search chrome-native chrome-error chrome-extension devtools x-safari x-safari-http x-safari-https',
    'x-web-search safari-extension safari-web-extension firefox firefox-focus firefox-klar firefox-beta',
    'firefox-nightly fenix fenix-beta fenix-nightly moz-extension microsoft-edge microsoft-edge-http',
    'microsoft-edge-https edge edge-extension opera opera-http opera-https touch-http touch-https brave vivaldi',
    'ddgquicklink ddgquicklinks yandexbrowser yandexbrowser-open-url samsungbrowser ucbrowser puffin puffins',
    'icabmobile alohabrowser',
    // They send the rest of the URL to another server.
    'ftp ftps sftp tftp ssh telnet tn3270 rlogin rsh rsync scp git svn svn+ssh git+ssh ldap ldaps ldapi smb smb2',
    'smb3 cifs nfs afp dav davs webdav webdavs vnc rdp rtsp rtsps rtmp rtmps mms mmsh mmst news nntp nntps snews',
    'gopher gophers dict finger whois wais irc ircs irc6 imap imaps pop pop3 pop3s smtp smtps feed feeds rss webcal',
    'webcals itpc itpcs pcast podcast magnet ed2k ipfs ipns jnlp jnlps',
    // They send messages, call, or buy.
    'mailto tel telprompt sms smsto mmsto callto facetime facetime-audio facetime-prompt sip sips xmpp market itms',
    'itmss itms-apps itms-appss itms-services itms-beta macappstore macappstores',
    // They start programs of the operating system, which had vulnerabilities before.
    'search search-ms search-ms-shell shell shellappruntime hcp help its mk mshelp onenote-cmd vnd.ms.radio',
    'x-apple-helpbasic x-apple.systempreferences x-help-action x-man-page x-help-script x-help-script-run',
    'help-anchor applescript prefs app-prefs app-settings',
  ].flatMap(names => names.split(' ')),
)
