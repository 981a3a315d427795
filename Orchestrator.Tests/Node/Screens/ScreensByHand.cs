namespace Orchestrator.Tests.Node.Screens;

/// <summary>Moments that nobody recorded, written after what the programs print; aider's all are. Narrow, and without colours.</summary>
internal static class ScreensByHand
{
    /// <summary>Program, activity, title, whether the cursor is shown, text.</summary>
    public static TheoryData<string, string, string, bool, string> Moments => new()
    {
        {
            "claude", "awaiting_approval", "✳ Claude Code", false, """
            ❯ make a plan

            ────────────────────────────────────────────────────────────────────────
             Ready to code?

             Here is Claude's plan:
            ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
             1. Rename it
            ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌

             Claude has written up a plan and is ready to execute. Would you like to proceed?

             ❯ 1. Yes, and use auto mode
               2. Yes, manually approve edits
               3. Tell Claude what to change
            """
        },
        {
            "claude", "awaiting_approval", "✳ Claude Code", false, """
            ❯ look it up

            ● Fetch(https://example.org)

            ────────────────────────────────────────────────────────────────────────
             Fetch

               https://example.org
               Claude wants to fetch content from example.org

             Do you want to allow Claude to fetch this content?
             ❯ 1. Yes
               2. Yes, and don't ask again for example.org
               3. No, and tell Claude what to do differently (esc)
            """
        },
        {
            "claude", "awaiting_approval", "✳ Claude Code", false, """
            ╭──────────────────────────────────────────────────────────────╮
            │ Do you trust the files in this folder?                       │
            │                                                              │
            │ /srv/shop                                                    │
            │                                                              │
            │ ❯ 1. Yes, proceed                                            │
            │   2. No, exit                                                │
            │                                                              │
            ╰──────────────────────────────────────────────────────────────╯
               Enter to confirm · Esc to exit
            """
        },
        {
            "claude", "awaiting_approval", "✳ Claude Code", false, """
            ────────────────────────────────────────────────────────────────────────
             WARNING: Claude Code running in Bypass Permissions mode

             By proceeding, you accept all responsibility for actions taken.

             ❯ 1. No, exit
               2. Yes, I accept

             Enter to confirm · Esc to cancel
            """
        },
        {
            "claude", "awaiting_answer", "✳ Claude Code", false, """
            ❯ ask me

            ────────────────────────────────────────────────────────────────────────
            ←  ☒ Colour  ☐ Size  ✔ Submit  →

            Which sizes?

            ❯ 1. [ ] Small
                 for little ones
              2. [✔] Large
                 for big ones
              3. [ ] Type something
                 Next
            ────────────────────────────────────────────────────────────────────────
              4. Chat about this

            Enter to select · Tab/Arrow keys to navigate · Esc to cancel
            """
        },
        {
            "claude", "rate_limited", "✳ Claude Code", false, """
            ❯ go on

              ⎿  You've hit your session limit · resets 3pm (Europe/Berlin)

            ────────────────────────────────────────────────────────────────────────
             What do you want to do?

             ❯ 1. Stop and wait for limit to reset
               2. Upgrade your plan

             Enter to confirm · Esc to cancel
            """
        },
        {
            "claude", "rate_limited", "✳ Claude Code", false, """
            ❯ go on

            ● 5-hour limit reached ∙ resets 3pm
                 /upgrade to increase your usage limit.

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "rate_limited", "✳ Claude Code", false, """
            ❯ go on

            ● You've hit your limit · resets 10pm (UTC)

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "turn_failed", "✳ Claude Code", false, """
            ❯ go on

            ● API Error: 500 Internal server error

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "turn_failed", "✳ Claude Code", false, """
            ❯ go on

            ● Working on it.

            ● API Error: Connection closed before the response finished. Try again.

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "ready", "✳ Claude Code", false, """
            ❯ go on

            ● API Error: 500 Internal server error

            ❯ again

            ● Now it works.

            ✻ Baked for 3s · done 8:00 AM

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "unsubmitted_input", "✳ Claude Code", false, """
            ❯ go on

            ● API Error: 500 Internal server error

            ────────────────────────────────────────────────────────────────────────
            ❯ fix the
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on
            """
        },
        {
            "claude", "ready", "✳ Claude Code", false, """
            ❯ go on

            ● Looking at it.
              ⎿  Interrupted · What should Claude do instead?

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "ready", "✳ Claude Code", false, """
            ❯ go on

            ● Done.

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              Press Ctrl-C again to exit
            """
        },
        {
            "claude", "auth_required", "✳ Claude Code", false, """
            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
                                                                 Not logged in · Run /login
            """
        },
        {
            "claude", "auth_required", "✳ Claude Code", false, """
            ❯ go on

            ● Not logged in · Please run /login

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏸ manual mode on · ? for shortcuts
            """
        },
        {
            "claude", "auth_required", "✳ Claude Code", true, """
             Claude Code can be used with your Claude subscription or billed based on API usage through your Console account.

             Select login method:

             ❯ 1. Claude account with subscription · Individual, Team, or Enterprise

               2. Anthropic Console account · API usage billing
            """
        },
        {
            "claude", "working", "✳ Claude Code", false, """
            ❯ go on

            ✢ Compacting conversation… (12s · ↑ 1.2k tokens)

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏵⏵ accept edits on (shift+tab to cycle) · esc to interrupt
            """
        },
        {
            "claude", "working", "✳ Claude Code", false, """
            ❯ go on

            ● Reading the file

            ✽ Vibing… (1m 2s · ↓ 3.4k tokens · thinking)

            ────────────────────────────────────────────────────────────────────────
            ❯ and this
            ────────────────────────────────────────────────────────────────────────
              ⏵⏵ accept edits on
            """
        },
        {
            "claude", "working", "✳ Claude Code", false, """
            ❯ go on

            ● It begins well and the
            ────────────────────────────────────────────────────────────────────────
            ❯ and this
            ────────────────────────────────────────────────────────────────────────
              ⏵⏵ accept edits on
            """
        },
        {
            "claude", "rate_limited", "✳ Claude Code", false, """
            ❯ go on

            ✻ 429 Too many requests · retrying in 17s · attempt 2/10

            ────────────────────────────────────────────────────────────────────────
            ❯ 
            ────────────────────────────────────────────────────────────────────────
              ⏵⏵ accept edits on · esc to interrupt
            """
        },
        {
            "claude", "unsubmitted_input", "✳ Claude Code", false, """
            ❯ /model

            ────────────────────────────────────────────────────────────────────────
              Select model
              Your pick is the default for new sessions.

              ❯ 1. Default (recommended) ✔
                2. Fast

              Enter to confirm · Esc to exit
            """
        },
        {
            "codex", "awaiting_approval", "[ ! ] Action Required | dir", false, """
            › change it

            • Proposed Change shop.py (+1 -1)

              Would you like to make the following edits?

              Reason: needs write access

            › 1. Yes, proceed (y)
              2. Yes, and don't ask again for these files (a)
              3. No, and tell Codex what to do differently (esc)

              Press enter to confirm or esc to cancel
            """
        },
        {
            "codex", "awaiting_approval", "dir", false, """
            › plan it

              Implement this plan?

            › 1. Yes, implement this plan    Switch to Default and start coding.
              2. No, stay in Plan mode       Continue planning with the model.

              Press enter to confirm or esc to go back
            """
        },
        {
            "codex", "awaiting_answer", "[ . ] Action Required | dir", false, """
            › plan it

              Question 1/2 (2 unanswered)
              Which colour?

              › 1. Red    A red one
                2. Blue   A blue one

              tab to add notes | enter to submit answer | esc to interrupt
            """
        },
        {
            "codex", "awaiting_answer", "sh", false, """
              ✨ Update available! 0.169.0 -> 0.170.0

              Release notes: https://github.com/openai/codex/releases/latest

            › 1. Update now (runs `npm install -g @openai/codex`)
              2. Skip
              3. Skip until next version

              Press enter to continue
            """
        },
        {
            "codex", "awaiting_approval", "sh", false, """
            > You are in /srv/shop

              Do you trust the contents of this directory? Working with untrusted contents comes with higher risk of prompt injection.

            › 1. Yes, continue
              2. No, quit

              Press enter to continue
            """
        },
        {
            "codex", "rate_limited", "dir", true, """
            › go on


            ■ You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro) or try again at 3:05 PM.

            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "rate_limited", "dir", true, """
            › go on


            ■ exceeded retry limit, last status: 429 Too Many Requests

            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "turn_failed", "dir", true, """
            › go on


            • I will look.

            ■ stream disconnected before completion: idle timeout waiting for SSE

            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "turn_failed", "dir", true, """
            › go on


            ■ unexpected status 500 Internal Server Error: boom,
              url: http://localhost/v1/responses

            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "ready", "dir", true, """
            › go on


            ■ stream disconnected before completion


            › again


            • It works now.

              Worked for 2s • 08:11


            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "ready", "dir", true, """
            › go on


            • Half an answer

            ■ Conversation interrupted - tell the model what to do differently.


            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "unsubmitted_input", "dir", true, """
            › go on


            ■ unexpected status 500

            › now

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "unsubmitted_input", "dir", true, """
            › [Pasted Content 10000 chars]

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "working", "dir", true, """
            › go on


            • Exploring (1m 02s • esc to interrupt)


            › Ask Codex to do anything

              model default · ~/shop
              ← for agents · ? for shortcuts
            """
        },
        {
            "codex", "unsubmitted_input", "dir", false, """
              Select Model and Effort
              Access legacy models by running codex -m <model_name>

            › 1. one (default)   The best one.
              2. two             Another one.

              Press enter to confirm or esc to go back
            """
        },
        {
            "gemini", "turn_failed", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

            ✕ [API Error: fetch failed]
            ℹ This request failed. Press F12 for diagnostics.

                                                ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             >   Type your message or @path/to/file
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "rate_limited", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

            ✕ [API Error: You have exhausted your capacity on this model.
              Your quota will reset after 3h.]

                                                ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             >   Type your message or @path/to/file
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "rate_limited", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

            ✕ [API Error: got status: 429 Too Many Requests]

                                                ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             >   Type your message or @path/to/file
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "ready", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

            ✕ [API Error: fetch failed]
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > again
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
            ✦ It works now.

                                                ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             >   Type your message or @path/to/file
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "unsubmitted_input", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

            ✕ [API Error: fetch failed]


            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > fix the
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "unsubmitted_input", "◇  Ready (dir)", false, """
                                                ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             ! ls
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "working", "◇  Ready (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀

             ⠼ Counting electrons… (esc to cancel, 1m 4s)        ? for shortcuts
            ────────────────────────────────────────────────────────────────────────
             Shift+Tab to accept edits
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             >   Type your message or @path/to/file
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
             workspace (/directory)         sandbox              /model
             ~/shop                         no sandbox      gemini-2.5-pro
            """
        },
        {
            "gemini", "awaiting_approval", "✋  Action Required (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > plan it
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
            ✦ Here is the plan.

            ╭──────────────────────────────────────────────────────────────────────╮
            │ Ready to start implementation?                                       │
            │                                                                      │
            │ ● 1.  Yes, automatically accept edits                                │
            │       Approves plan and allows tools to run automatically            │
            │   2.  Yes, manually accept edits                                     │
            │   3.  Type your feedback...                                          │
            │                                                                      │
            │ Enter to select · ↑/↓ to navigate · Esc to cancel                    │
            ╰──────────────────────────────────────────────────────────────────────╯
            """
        },
        {
            "gemini", "awaiting_approval", "✋  Action Required (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > use it
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
            ╭──────────────────────────────────────────────────────────────────────╮
            │ Action Required                                                      │
            │ ? lookup  {"q":"x"}                                                  │
            │ Allow execution of MCP tool "lookup" from server "db"?               │
            │                                                                      │
            │ ● 1. Allow once                                                      │
            │   2. Allow tool for this session                                     │
            │   3. No, suggest changes (esc)                                       │
            ╰──────────────────────────────────────────────────────────────────────╯
            """
        },
        {
            "gemini", "rate_limited", "✦  Working… (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
            ╭──────────────────────────────────────────────────────────────────────╮
            │                                                                      │
            │ Usage limit reached for gemini-3-pro.                                │
            │ Access resets at 3:00 PM UTC.                                        │
            │                                                                      │
            │ ● 1. Switch to gemini-2.5-flash                                      │
            │   2. Stop                                                            │
            │                                                                      │
            ╰──────────────────────────────────────────────────────────────────────╯
            """
        },
        {
            "gemini", "awaiting_answer", "✦  Working… (dir)", false, """
            ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
             > go on
            ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
            ╭──────────────────────────────────────────────────────────────────────╮
            │ A potential loop was detected                                        │
            │ ● 1. Keep loop detection enabled (esc)                               │
            │   2. Disable loop detection for this session                         │
            ╰──────────────────────────────────────────────────────────────────────╯
            """
        },
        {
            "gemini", "auth_required", "◇  Ready (dir)", false, """
            ╭──────────────────────────────────────────────────────────────────────╮
            │ ⠏ Waiting for authentication... (Press Esc or Ctrl+C to cancel)      │
            ╰──────────────────────────────────────────────────────────────────────╯
            """
        },
        {
            "opencode", "turn_failed", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

              ┃
              ┃  Internal Server Error: the model
              ┃  could not be reached
              ┃

                 ▣  Build · Some Model


              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "rate_limited", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

              ┃
              ┃  Too Many Requests: Rate limit exceeded
              ┃

                 ▣  Build · Some Model


              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "ready", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

                 Half an answer

                 ▣  Build · Some Model · interrupted


              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "ready", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

                 All of it.

                 ▣  Build · Some Model · 1m 3s


              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "unsubmitted_input", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

              ┃
              ┃  Internal Server Error
              ┃

                 ▣  Build · Some Model


              ┃
              ┃  fix it
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "unsubmitted_input", "OC | talk", true, """
              ┃
              ┃  [Pasted ~30 lines]
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ~/shop                       tab agents  ctrl+p commands
            """
        },
        {
            "opencode", "working", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

                 Half


              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ⬝⬝■■■■⬝⬝  esc again to interrupt            ctrl+p commands
            """
        },
        {
            "opencode", "rate_limited", "OC | talk", true, """
              ┃
              ┃  go on
              ┃



              ┃
              ┃  
              ┃
              ┃  Build · Some Model Some
              ╹▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
               ⬝⬝■■■■⬝⬝ Rate limit exceeded [retrying in 1m 5s attempt #3]  esc interrupt
            """
        },
        {
            "opencode", "awaiting_approval", "OC | talk", false, """
              ┃
              ┃  go on
              ┃

                 ← Edit shop.py

              ┃
              ┃  △ Permission required
              ┃    ← Edit shop.py
              ┃
              ┃   Allow once   Allow always   Reject             ctrl+f fullscreen  ⇆ select  enter confirm
              ┃
            """
        },
        {
            "opencode", "awaiting_approval", "OC | talk", true, """
              ┃
              ┃  go on
              ┃

              ┃
              ┃  △ Reject permission
              ┃    Tell OpenCode what to do differently
              ┃
              ┃                                    enter confirm  esc cancel
              ┃
            """
        },
        {
            "aider", "ready", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > 
            """
        },
        {
            "aider", "ready", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            It is done.

            Tokens: 2.1k sent, 96 received.
            ────────────────────────────────────────────────────────────────────────
            architect> 
            """
        },
        {
            "aider", "unsubmitted_input", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            ask> what is
            """
        },
        {
            "aider", "awaiting_approval", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            pytest

            Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: 
            """
        },
        {
            "aider", "awaiting_approval", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            shop.py
            Add file to the chat? (Y)es/(N)o/(A)ll/(S)kip all/(D)on't ask again [Yes]:
            """
        },
        {
            "aider", "working", "", false, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            ░█        Waiting for some/model
            """
        },
        {
            "aider", "rate_limited", "", false, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            litellm.RateLimitError: RateLimitError: 429
            The API provider has rate limited you. Try again later or check your quotas.
            Retrying in 8.0 seconds...
            """
        },
        {
            "aider", "turn_failed", "", true, """
            Aider v0.86.1
            Main model: some/model with diff edit format
            Git repo: .git with 3 files
            ────────────────────────────────────────────────────────────────────────
            > go on

            litellm.AuthenticationError: AuthenticationError: no
            The API provider is not able to authenticate you. Check your API key.

            > 
            """
        },
    };
}
