using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Profiles;
using Orchestrator.Tests.Node.Support;

using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs;

/// <summary>A real node whose agents are a real program, with a scripted model behind them: everything but the model is what a user has.</summary>
internal sealed class ProgramNode : IAsyncDisposable
{
    /// <summary>For what takes seconds on a quiet machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly ScriptedModelServer _model;

    private ProgramNode(AgentProgram program, ScriptedModelServer model, NodeUnderTest node, ProgramHome home)
    {
        Program = program;
        _model = model;
        Node = node;
        Home = home;
    }

    public AgentProgram Program { get; }

    public NodeUnderTest Node { get; }

    public ProgramHome Home { get; }

    public ScriptedModelServer Model => _model;

    public OrchestratorClient Client => Node.Client;

    /// <summary>Starts a node in whose environment the program is installed.</summary>
    /// <param name="program">The program.</param>
    /// <param name="profiles">Profiles that a user has put beside those of the product: name and text.</param>
    public static Task<ProgramNode> StartAsync(AgentProgram program, params (string Name, string Text)[] profiles) => StartAsync(program, [], profiles);

    /// <summary>The same with further arguments for the node.</summary>
    public static Task<ProgramNode> StartAsync(AgentProgram program, string[] arguments, params (string Name, string Text)[] profiles) => StartAsync(program, NodeUnderTest.Create(arguments), profiles);

    /// <summary>The same with a node that has not been started yet.</summary>
    public static async Task<ProgramNode> StartAsync(AgentProgram program, NodeUnderTest node, params (string Name, string Text)[] profiles)
    {
        var model = await ScriptedModelServer.Start();
        model.IsTurn = program.IsTurn;
        var home = await program.HomeIn(node.Work, model);
        foreach (var (name, value) in home.Environment)
        {
            node.Environment[name] = value;
        }

        node.Environment["PATH"] = $"{await ProgramInstallation.Folder(program.Name)}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, text) in profiles)
        {
            await File.WriteAllTextAsync(Path.Combine(node.Data, "agents", $"{name}.conf"), text);
        }

        await node.StartAgainAsync();
        return new ProgramNode(program, model, node, home);
    }

    /// <summary>Registers and starts an agent in the folder of the home; does not wait until it is ready.</summary>
    public Task<AgentInfo> SpawnAsync(string name, string? profile = null)
        => Client.SpawnAsync(new SpawnRequest { Name = name, Profile = profile ?? Program.Name, Folder = Home.Folder });

    /// <summary>Registers an agent, starts it and waits until it is idle.</summary>
    public async Task<AgentInfo> SpawnReadyAsync(string name, string? profile = null)
    {
        await SpawnAsync(name, profile);
        return await IsAsync(name, "ready");
    }

    /// <summary>Waits until the agent is shown with an activity; on a failure says all that is known of it.</summary>
    public async Task<AgentInfo> IsAsync(string name, string activity, Func<AgentInfo, bool>? also = null)
    {
        try
        {
            return await Node.AgentIs(name, agent => agent.Activity == activity && (also?.Invoke(agent) ?? true), $"is {activity}", Patience);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\n{await DiagnosisAsync(name)}", e);
        }
    }

    /// <summary>The name of the screen rule that decides now, as <c>explain</c> shows it.</summary>
    public async Task<string?> RuleAsync(string name) => (await Client.ExplainAsync(name)).Rules.SingleOrDefault(static rule => rule.Won)?.Name;

    /// <summary>Sends a message and returns its id.</summary>
    public async Task<string> SendAsync(string name, string text)
    {
        var id = Ulid.New(DateTimeOffset.UtcNow);
        await Client.SendMessageAsync(new SendRequest { Id = id, To = name, Text = text });
        return id;
    }

    /// <summary>Waits until a message is confirmed, and returns it; fails at once if it fails.</summary>
    public async Task<MessageInfo> ConfirmedAsync(string name, string id)
    {
        var message = await DeliveryIsAsync(name, id, ["confirmed", "failed", "expired", "dead_letter"]);
        Assert.True(message.State == "confirmed", $"{id} is {message.State}: {message.Reason}\n{string.Join('\n', message.Steps)}\n{(message.State == "confirmed" ? "" : await DiagnosisAsync(name))}");
        Assert.Contains("transcript", message.Steps[^1].Evidence, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Waits until a message has been submitted, which may be its end, or has come to its end otherwise, and returns it.</summary>
    public Task<MessageInfo> EndedAsync(string name, string id) => DeliveryIsAsync(name, id, ["submitted", "confirmed", "failed", "expired", "dead_letter"]);

    private async Task<MessageInfo> DeliveryIsAsync(string name, string id, string[] states)
    {
        try
        {
            return await Node.MessageIs(id, states, Patience);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\n{await DiagnosisAsync(name)}", e);
        }
    }

    /// <summary>A key pressed by a person at the pane.</summary>
    public async Task PressAsync(string name, string key)
        => Node.Tmux("send-keys", "-t", (await Client.GetAgentAsync(name)).Pane!.Id, key);

    /// <summary>The messages that reached the model: the id of each, and the text between the lines of its envelope.</summary>
    public IReadOnlyList<(string Id, string Text)> Arrived() => [.. Model.Messages.Select(message => Opened(message.Text))];

    /// <summary>The same, once there are <paramref name="count"/>: a program writes a message down, which confirms it, before it asks its model.</summary>
    public Task<IReadOnlyList<(string Id, string Text)>> ArrivedAsync(int count)
        => Eventually.Value(() => Task.FromResult(Arrived()), arrived => arrived.Count >= count, $"{count} messages have reached the model", Patience);

    /// <summary>The same of the conversation as the model knows it in the end.</summary>
    public IReadOnlyList<(string Id, string Text)> Known() => [.. Model.Conversation.Select(part => Opened(part))];

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _model.DisposeAsync();
    }

    private (string Id, string Text) Opened(string whole)
    {
        var opened = Envelopes.Open(whole, Profiles.All[Program.Name].Transforms);
        Assert.True(opened.Id.Length > 0, $"no envelope: {whole[..Math.Min(whole.Length, 300)]}");
        return opened;
    }

    /// <summary>All that is known of an agent.</summary>
    public async Task<string> DiagnosisAsync(string name)
    {
        var explained = await Client.ExplainAsync(name);
        return string.Join('\n', (string[])[
            $"{explained.Agent.State}/{explained.Agent.Activity} {explained.Agent.Detail}; {explained.Decided}; waiting: {explained.Waiting}; {explained.Agent.QueueLength} queued",
            .. explained.Facts.Select(static fact => $"  {fact.Source} {fact.Rule}: {fact.Evidence}"),
            .. explained.Screen.Select(static line => $"    {line}"),
            Node.Log[^Math.Min(Node.Log.Length, 4000)..],
        ]);
    }
}
