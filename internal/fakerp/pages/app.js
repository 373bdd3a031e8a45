"use strict";
// Plays Immich's pages: routes by the path, moves by the history API, talks to the API by fetch.

const app = document.querySelector("#app");
const server = document.documentElement.dataset.server; // where the server tells about itself
const has = (flag) => document.documentElement.dataset[flag] === "true";

// make builds an element: properties, then children (nodes or text).
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const button = (text, onclick) => make("button", { type: "button", onclick }, text);

async function api(method, path, body) {
  const init = { method };
  if (body) Object.assign(init, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const response = await fetch("/api" + path, init);
  const text = await response.text();
  const answer = text && JSON.parse(text);
  if (!response.ok) throw new Error([answer.message].flat().join(", "));
  return answer;
}

function toast(text) {
  document.querySelector("#toasts").append(make("div", { className: "toast" }, text));
}

// go moves to another page without loading a document.
function go(path) {
  history.pushState({}, "", path);
  return route();
}

async function route() {
  app.replaceChildren();
  const page = pages[location.pathname] ?? pages["/photos"];
  try {
    await page(new URLSearchParams(location.search));
  } catch (error) {
    toast(error.message);
  }
}

// The OAuth client.

const isCallback = () => /[?&](code|error)=/.test(location.search);

async function startOAuth(failure) {
  try {
    const { url } = await api("POST", "/oauth/authorize", { redirectUri: location.href.split("?")[0] });
    location.href = url;
  } catch (error) {
    toast(error.message || failure);
    throw error;
  }
}

function autoLaunches(query, features) {
  if (has("autoLaunchIgnored")) return false;
  if (has("launchOnRequest") && query.get("autoLaunch") === "1") return true;
  const declined = query.get("autoLaunch") === "0" && !has("autoLaunchLoops");
  return features.oauthAutoLaunch && !declined && !["1", "true"].includes(query.get("password"));
}

// enter leads somebody who has just logged in to the first page.
function enter(user, by) {
  if (by === "password" && user.shouldChangePassword) return go("/auth/change-password");
  if (user.isOnboarded === false) return go("/auth/onboarding");
  return go("/photos");
}

async function login(query) {
  const [features, config] = await Promise.all([api("GET", server + "/features"), api("GET", server + "/config")]);
  if (!config.isInitialized) return go("/auth/register");
  if (isCallback()) {
    try {
      const user = await api("POST", "/oauth/callback", { url: location.href });
      // Immich's photos ask for this cookie, else they send back to this page, which is there already and goes on waiting.
      if (!document.cookie.includes("immich_is_authenticated=true")) {
        history.pushState({}, "", "/auth/login?continue=%2Fphotos");
        return app.replaceChildren("…");
      }
      return enter(user, "oauth");
    } catch (error) {
      return loginForm(features, config, error.message || "Unable to complete OAuth login");
    }
  }
  if (has("skipLoginWhenKnown") && (await isKnown())) return go("/photos");
  if (features.oauth && autoLaunches(query, features)) {
    history.replaceState({}, "", "/auth/login?autoLaunch=0");
    await startOAuth("Unable to login with OAuth").catch(() => loginForm(features, config));
    return;
  }
  loginForm(features, config);
}

function loginForm(features, config, problem) {
  const card = make("section", { className: "card" });
  if (problem) card.append(make("div", { className: "alert" }, problem.slice(0, 75)));
  const hidden = has("passwordFormHidden") && features.oauth;
  const form = features.passwordLogin && !hidden ? passwordForm() : null;
  if (form) card.append(form);
  if (features.oauth) {
    // The form is away while a login begins.
    const begin = (begun) => {
      start.disabled = begun;
      if (form) form.hidden = begun;
    };
    const start = button(config.oauthButtonText, () => {
      begin(true);
      startOAuth("Unable to login with OAuth").catch(() => begin(false));
    });
    card.append(...(features.passwordLogin ? [make("span", {}, "or")] : []), start);
  }
  if (!features.oauth && !features.passwordLogin) card.append("Login has been disabled.");
  app.replaceChildren(card);
}

function passwordForm() {
  const email = make("input", { id: "email", name: "email", type: "email", required: true });
  const password = make("input", { id: "password", name: "password", type: "password", required: true });
  const problem = make("div", { className: "alert" });
  const form = make("form", {}, problem, email, password, make("button", { type: "submit" }, "Login"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await enter(await api("POST", "/auth/login", { email: email.value, password: password.value }), "password");
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  return form;
}

// The pages of somebody who is logged in.

const isKnown = () => api("GET", "/users/me").then(() => true, () => false);

// known returns the user, or leads to the login.
async function known() {
  try {
    const user = await api("GET", "/users/me");
    listen();
    return user;
  } catch {
    await go("/auth/login?continue=" + encodeURIComponent(location.pathname + location.search));
    return null;
  }
}

let socket;

// listen hears of the end of the session, by Socket.IO, and leaves.
function listen() {
  if (!has("logoutPage") || socket) return;
  socket = new WebSocket(`wss://${location.host}/api/socket.io/?EIO=4&transport=websocket`);
  socket.onmessage = ({ data }) => {
    if (data.startsWith("0")) socket.send("40");
    if (data.startsWith("42") && JSON.parse(data.slice(2))[0] === "on_session_delete" && location.pathname !== "/auth/logout") go("/auth/logout");
  };
}

function navigation(user) {
  const menu = make("div", { hidden: true });
  if (has("logoutPage")) {
    const onclick = (event) => { event.preventDefault(); go("/auth/logout"); };
    menu.append(make("a", { href: "/auth/logout", onclick }, "Sign Out"));
  } else {
    menu.append(button("Sign Out", signOut));
  }
  const avatar = button("", () => { menu.hidden = !menu.hidden; });
  if (has("avatarTitle")) avatar.title = `${user.name} (${user.email})`;
  avatar.append(make("figure", {}, user.name.slice(0, 1)));
  return make("nav", { id: "dashboard-navbar" }, avatar, menu);
}

// signOut shows the login page for a moment and logs out a second time before it leaves, as the product does.
async function signOut() {
  const { redirectUri } = await api("POST", "/auth/logout");
  history.pushState({}, "", "/auth/login");
  await api("POST", "/auth/logout").catch(() => {});
  location.href = redirectUri;
}

async function userSettings(query) {
  const user = await known();
  if (!user) return;
  const { oauth } = await api("GET", server + "/features");
  app.append(navigation(user), make("h1", {}, "User settings"));
  if (isCallback()) {
    const url = location.href;
    history.replaceState({}, "", `${location.pathname}${location.search}&isOpen=oauth`);
    try {
      await api("POST", "/oauth/link", { url });
      toast("Linked OAuth account");
    } catch (error) {
      toast(error.message || "Unable to link OAuth account");
    }
    return go("/user-settings?open=oauth");
  }
  if (!oauth || !/oauth/.test(query.get("isOpen") ?? query.get("open") ?? "")) return;
  app.append(user.oauthId ? button("Unlink OAuth", unlink) : button("Link to OAuth", () => startOAuth("Unable to link OAuth account").catch(() => {})));
}

async function unlink() {
  try {
    await api("POST", "/oauth/unlink");
    toast("Unlinked OAuth account");
  } catch (error) {
    toast(error.message || "Unable to unlink account");
  }
  await route();
}

const pages = {
  "/auth/login": login,
  "/user-settings": userSettings,
  async "/"() {
    await go((await isKnown()) ? "/photos" : "/auth/login");
  },
  async "/photos"() {
    const user = await known();
    if (user) app.append(navigation(user), make("h1", {}, "Photos"));
  },
  async "/auth/onboarding"() {
    const user = await known();
    if (!user) return;
    const done = async () => {
      await api("PUT", "/users/me/onboarding", { isOnboarded: true });
      await go("/photos");
    };
    app.append(make("h1", {}, `Welcome, ${user.name}`), button("Done", done));
  },
  async "/auth/logout"() {
    const { redirectUri } = await api("POST", "/auth/logout").catch(() => ({ redirectUri: "/auth/login?autoLaunch=0" }));
    location.href = redirectUri;
  },
  async "/auth/register"() {
    app.append(make("h1", {}, "Admin registration"));
  },
  async "/auth/change-password"() {
    app.append(make("h1", {}, "Change password"));
  },
};

window.addEventListener("popstate", route);
route();
