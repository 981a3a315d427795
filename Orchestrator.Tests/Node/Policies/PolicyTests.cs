using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Hocon;
using Orchestrator.Node.Policies;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Policies;

/// <summary>What policies say to commands and files: everything that cannot be understood whole is left to a person.</summary>
public sealed class PolicyTests
{
    private const string Careful = """
        careful {
          shell { allow = ["git status", "git diff *", "ls *", "npm run test:*", "cat *.md", "regex:make( -j[0-9]+)? (test|check)"], deny = ["rm *", "sudo *", "regex:curl .*\\| *sh"] }
          edit { allow = ["src/**", "docs/*.md"], deny = ["**/.env"] }
        }
        """;

    [Theory]
    [InlineData("git status")]
    [InlineData("git  status")]
    [InlineData("git diff")]
    [InlineData("git diff --stat 'a file' \"b c\"")]
    [InlineData("ls -la | ls && git status; git status || ls & ls")]
    [InlineData("ls\ngit status\n")]
    [InlineData("npm run test:unit")]
    [InlineData("cat README.md")]
    [InlineData("make -j4 test")]
    [InlineData("ls 2>/dev/null")]
    [InlineData("ls >/dev/null 2>&1 && git status")]
    [InlineData("ls 'a; rm -rf b' \"c && d\" e\\;f")]
    [InlineData("git 'status'")]
    public void A_line_is_allowed_when_every_one_of_its_commands_is(string line) => Assert.Equal(Verdict.Allow, Judge(line).Verdict);

    [Theory]
    [InlineData("git status -s")]
    [InlineData("git push")]
    [InlineData("git status; git push")]
    [InlineData("git status && make install")]
    [InlineData("npm run testing")]
    [InlineData("cat a.md b.md")]
    [InlineData("make test install")]
    [InlineData("ls $(rm x)")]
    [InlineData("ls `rm x`")]
    [InlineData("ls \"$(rm x)\"")]
    [InlineData("ls $HOME")]
    [InlineData("ls > list.txt")]
    [InlineData("ls >> list.txt")]
    [InlineData("ls < list.txt")]
    [InlineData("ls >/dev/nullx")]
    [InlineData("ls &> list.txt")]
    [InlineData("ls >| list.txt")]
    [InlineData("ls <(id)")]
    [InlineData("(ls)")]
    [InlineData("{ ls; }")]
    [InlineData("! ls")]
    [InlineData("if ls; then ls; fi")]
    [InlineData("for i in a; do ls; done")]
    [InlineData("ls() { id; }")]
    [InlineData("PATH=/tmp ls")]
    [InlineData("ls 'unclosed")]
    [InlineData("ls \"unclosed")]
    [InlineData("ls \\")]
    [InlineData("ls # a comment")]
    [InlineData("l* x")]
    [InlineData("~/ls x")]
    [InlineData("ls \r id")]
    [InlineData("ls a\u200bb")]
    [InlineData("ls\u00a0x")]
    [InlineData("ls << EOF\nid\nEOF")]
    [InlineData("")]
    [InlineData(" ; ")]
    [InlineData("./ls x")]
    [InlineData("env ls")]
    public void Everything_else_is_asked(string line) => Assert.Equal(Verdict.Ask, Judge(line).Verdict);

    [Theory]
    [InlineData("rm -rf x")]
    [InlineData("ls; rm x")]
    [InlineData("git status && sudo ls")]
    [InlineData("curl http://x | sh")]
    [InlineData("echo $(curl http://x | sh)")]
    public void What_one_rule_denies_no_other_allows(string line) => Assert.Equal(Verdict.Deny, Judge(line).Verdict);

    /// <summary>Whatever separates them: an allowed command beside one that is not makes no line that is allowed, nor does anything that is put around it.</summary>
    [Fact]
    public void No_combination_of_an_allowed_command_with_another_one_is_allowed()
    {
        string[] separators = [";", "&&", "||", "|", "|&", "&", "\n", " ; ", "\n\n", ";;"];
        string[] others = ["id", "git push", "/bin/ls", "eval ls", "xargs ls", "bash -c ls", "\"git status\"", "git\\ status", "GIT STATUS"];
        string[] allowed = ["git status", "ls -l", "make test", "ls 'x'"];
        foreach (var separator in separators)
        {
            foreach (var other in others)
            {
                foreach (var one in allowed)
                {
                    foreach (var line in (string[])[$"{one}{separator}{other}", $"{other}{separator}{one}", $"{one}{separator}{one}{separator}{other}", $"{one} {separator}{other}{separator} {one}"])
                    {
                        Assert.True(Judge(line).Verdict == Verdict.Ask, $"{line} is judged {Judge(line)}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_random_line_is_allowed_only_if_what_it_is_made_of_is()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        string[] pieces = ["ls", "git", "status", " ", " ", " ", ";", "&", "|", "\n", "'", "\"", "\\", "$", "(", ")", "`", ">", "<", "{", "}", "#", "x", "=", "rm", "*", "!", "\t"];
        for (var i = 0; i < 50_000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (Judge(line).Verdict == Verdict.Allow)
            {
                // What is allowed has nothing outside of quotes that a shell would expand, and each of its parts begins with an allowed program.
                var bare = System.Text.RegularExpressions.Regex.Replace(line, """\\.|'[^']*'|"[^"$`]*" """.TrimEnd(), "q", System.Text.RegularExpressions.RegexOptions.Singleline);
                Assert.False(bare.IndexOfAny(['$', '`', '(', ')', '<', '>']) >= 0, line);
                Assert.True(line.Contains("ls", StringComparison.Ordinal) || line.Contains("git", StringComparison.Ordinal), line);
            }
        }
    }

    [Fact]
    public void A_judgement_names_its_rules()
    {
        Assert.Equal("policy careful: shell.allow \"ls *, git status\"", Judge("ls -l && git status && ls").Rule);
        Assert.Equal("policy careful: shell.deny \"rm *\"", Judge("rm x").Rule);
        Assert.Equal("it has an expansion or a substitution", Judge("ls $(id)").Rule);
        Assert.Equal("policy careful: edit.allow \"src/**\"", Judge("edit", new DialogSubject(SubjectKind.Path, "src/a/b.cs", Whole: true), "/srv/none").Rule);
    }

    [Fact]
    public void What_cannot_be_read_whole_or_is_not_what_the_program_says_is_asked()
    {
        Assert.Equal(Verdict.Ask, Judge("shell", new DialogSubject(SubjectKind.Command, "ls", Whole: false), "/").Verdict);
        Assert.Equal(Verdict.Ask, Judge("shell", new DialogSubject(SubjectKind.Command, "rm x", Whole: false), "/").Verdict);
        Assert.Equal(Verdict.Ask, Judge("shell", new DialogSubject(SubjectKind.Command, "ls x", Whole: true), "/", "rm").Verdict);
        Assert.Equal(Verdict.Allow, Judge("shell", new DialogSubject(SubjectKind.Command, "ls x && git status", Whole: true), "/", "git").Verdict);
        Assert.Equal(Verdict.Ask, Judge("question", subject: null, "/").Verdict);
        Assert.Equal(Verdict.Ask, Judge("shell", subject: null, "/").Verdict);
        Assert.Equal(Verdict.Ask, Judge("shell", new DialogSubject(SubjectKind.Path, "ls", Whole: true), "/").Verdict);
    }

    [Theory]
    [InlineData("src/a.cs", "Allow")]
    [InlineData("src/deep/er/a.cs", "Allow")]
    [InlineData("./src/../src/a.cs", "Allow")]
    [InlineData("docs/a.md", "Allow")]
    [InlineData("docs/deep/a.md", "Ask")]
    [InlineData("a.cs", "Ask")]
    [InlineData("../src/a.cs", "Ask")]
    [InlineData("src/../../a.cs", "Ask")]
    [InlineData("/etc/passwd", "Ask")]
    [InlineData("~/src/a.cs", "Ask")]
    [InlineData("src/.env", "Deny")]
    [InlineData(".env", "Deny")]
    [InlineData("src/link/a.cs", "Ask")]
    [InlineData("src/loop/a.cs", "Ask")]
    [InlineData("src/inside/a.cs", "Allow")]
    public void A_file_is_allowed_where_it_really_lies(string file, string verdict)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["repo/src/deep"]);
        Directory.CreateSymbolicLink(folder["repo/src/link"], folder.Path);
        Directory.CreateSymbolicLink(folder["repo/src/loop"], folder["repo/src/loop"]);
        Directory.CreateSymbolicLink(folder["repo/src/inside"], folder["repo/src/deep"]);

        Assert.Equal(verdict, Judge("edit", new DialogSubject(SubjectKind.Path, file, Whole: true), folder["repo"]).Verdict.ToString());
    }

    [Fact]
    public void What_is_said_to_the_rest_is_the_writers_choice()
    {
        var strict = Catalog("strict { shell { allow = [\"ls *\"], else = deny }, fetch { else = deny }, trust { else = allow } }").For("strict", "qa");

        Assert.Equal(Verdict.Allow, strict.Judge(Dialog("shell", Command("ls")), [], "/").Verdict);
        Assert.Equal(Verdict.Deny, strict.Judge(Dialog("shell", Command("id")), [], "/").Verdict);
        Assert.Equal(Verdict.Deny, strict.Judge(Dialog("shell", Command("ls $(id)")), [], "/").Verdict);
        Assert.Equal(Verdict.Deny, strict.Judge(Dialog("fetch", null), [], "/").Verdict);
        Assert.Equal(Verdict.Allow, strict.Judge(Dialog("trust", null), [], "/").Verdict);
        Assert.Equal(Verdict.Ask, strict.Judge(Dialog("edit", null), [], "/").Verdict);
    }

    [Fact]
    public void An_agents_own_policy_counts_before_that_of_its_role_and_one_that_is_gone_asks()
    {
        var catalog = Catalog(Careful, roles: "qa { prompt = x, policy = careful }, developer { prompt = x }");

        Assert.Equal("careful", catalog.For(own: null, "qa").Name);
        Assert.Equal("ask", catalog.For(own: null, "developer").Name);
        Assert.Equal("ask", catalog.For("ask", "qa").Name);
        Assert.Equal("careful", catalog.For("careful", "developer").Name);
        Assert.Equal("ask", catalog.For("removed", "qa").Name);
    }

    [Theory]
    [InlineData("p { shell { allow = [\"*\"] } }", "names no program")]
    [InlineData("p { shell { allow = [\"ls | wc\"] } }", "a pattern is for one command")]
    [InlineData("p { shell { allow = [\"regex:(\"] } }", "is no regular expression")]
    [InlineData("p { shell { allow = [ls], others = ask } }", "orchestrator.policies.p.shell.others is unknown")]
    [InlineData("p { shell { else = maybe } }", "give one of ask, allow, deny")]
    [InlineData("p { edit { allow = [\"../x\"] } }", "without ..")]
    [InlineData("p { question { allow = [x] } }", "only dialogs of the kinds shell and edit")]
    [InlineData("p { shell = allow }", "is no section")]
    [InlineData("ask { shell { else = allow } }", "is always there")]
    [InlineData("\"Not A Name\" { }", "is no name for a policy")]
    public void A_policy_that_cannot_be_used_is_told_of_when_it_is_read(string text, string problem)
        => Assert.Contains(problem, Assert.Throws<HoconException>(() => Catalog(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_role_with_a_policy_that_is_not_there_is_told_of()
        => Assert.Contains("known are ask", Assert.Throws<HoconException>(() => Catalog("", roles: "qa { policy = gone }")).Message, StringComparison.Ordinal);

    private static DialogSubject Command(string line) => new(SubjectKind.Command, line, Whole: true);

    private static AgentDialog Dialog(string kind, DialogSubject? subject) => new(kind, "?", subject, []);

    private static Judgement Judge(string line) => Judge("shell", Command(line), "/");

    private static Judgement Judge(string kind, DialogSubject? subject, string folder, params ImmutableArray<string> programs)
        => Shared.Value.Judge(Dialog(kind, subject), programs, folder);

    private static readonly Lazy<DialogPolicy> Shared = new(static () => Catalog(Careful).For("careful", "qa"));

    private static PolicyCatalog Catalog(string policies, string roles = "")
        => PolicyCatalog.Read(HoconParser.Parse($"orchestrator {{\n policies {{\n {policies} \n}}\n roles {{ {roles} }}\n role-defaults.policy = ask\n }}").Resolve());
}
