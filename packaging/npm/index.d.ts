/** The path of the command on this machine, for a program that starts it itself. `require` throws where there is none, and says why. */
declare const command: string
export = command
