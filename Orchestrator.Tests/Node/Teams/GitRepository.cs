using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Teams;

/// <summary>A real git repository with one commit on <c>main</c>, and worktrees of it.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GitRepository()
    {
        Directory.CreateDirectory(Path);
        Git("init", "--quiet", "--initial-branch=main");
        Write(Path, "readme.md", "hello\n");
        Git("add", "--all");
        Git("commit", "--quiet", "--message", "begin");
    }

    public string Path => _folder["repository"];

    public string this[string name] => _folder[name];

    /// <summary>A worktree on a branch of its own.</summary>
    public string Worktree(string name)
    {
        Git("worktree", "add", "--quiet", "-b", $"agent/{name}", _folder[name]);
        return _folder[name];
    }

    public static void Write(string folder, string file, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.Combine(folder, file))!);
        File.WriteAllText(System.IO.Path.Combine(folder, file), text);
    }

    public string Git(params string[] words) => TestGit.Git(Path, words);

    public void Dispose() => _folder.Dispose();
}
