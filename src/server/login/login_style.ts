/** The style of the login page, whose colours and sizes are those of the other pages. */
import style from "../login_style.txt" with { type: "text" }; // made by scripts/web_page.ts

export const LOGIN_STYLE: string = style;
