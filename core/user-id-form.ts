// What a userId looks like. A file of its own, so that a browser's code can read one.

/** A userId as Telegram gives them: at most 52 significant bits (Bot API, User.id), so 16 digits, none of them a leading zero. */
export const USER_ID = /^[1-9]\d{0,15}$/;
