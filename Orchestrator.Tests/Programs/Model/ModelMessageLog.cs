using System.Collections.Immutable;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>
/// Every message of the user that reached the model, each once: a program sends its whole history with every request,
/// so only what lies beyond the history already known is new. A message that was delivered twice is here twice.
/// </summary>
internal sealed class ModelMessageLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<string>> _histories = [];
    private ImmutableArray<ModelMessage> _messages = [];
    private TaskCompletionSource _changed = NewSignal();

    public ImmutableArray<ModelMessage> All
    {
        get
        {
            lock (_gate)
            {
                return _messages;
            }
        }
    }

    public void Record(ModelRequest request, DateTimeOffset at)
    {
        var history = request.UserMessages.Select(ModelRequest.Written).ToImmutableArray();
        // A conversation is known by the first that was said in it; what the program puts before that is the same in all.
        if (history.FirstOrDefault(static text => text.Length > 0) is not { } first)
        {
            return;
        }

        lock (_gate)
        {
            var known = _histories.GetValueOrDefault(first, []);
            var common = known.Zip(history).TakeWhile(pair => pair.First == pair.Second).Count();
            for (var i = common; i < history.Length; i++)
            {
                if (history[i].Length > 0)
                {
                    _messages = _messages.Add(new ModelMessage(_messages.Length, at, history[i], request.UserMessages[i]));
                }
            }

            _histories[first] = history;
            if (common < history.Length)
            {
                var changed = _changed;
                _changed = NewSignal();
                changed.SetResult();
            }
        }
    }

    public async Task<ModelMessage> WaitFor(Func<ModelMessage, bool> wanted, string what, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        while (true)
        {
            Task changed;
            ModelMessage? found;
            lock (_gate)
            {
                found = _messages.FirstOrDefault(wanted);
                changed = _changed.Task;
            }

            if (found is not null)
            {
                return found;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                var seen = string.Join("\n", All.Select(message => $"  {message.Order}: {message.Text[..Math.Min(80, message.Text.Length)]}"));
                throw new TimeoutException($"{what} did not reach the model within {within.TotalSeconds:0.#} s; it has seen:\n{seen}", e);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
